import { DAY, type ExampleSequence } from './example.ts';
import { bullets, button, letter, paragraph } from './letter.ts';

const REASON = 'You get these emails because you have just started a subscription.';

export const ONBOARDING: ExampleSequence = {
  key: 'onboarding',
  name: 'Subscription onboarding',
  description: 'Gets a new subscriber to set their rhythm before the second box leaves.',
  reentry: 'once',
  reentry_days: null,
  status: 'active',
  promo_page: null,
  event_trigger: { event_name: 'subscription_started', filters: [] },
  sources: { event_trigger: 0.83, api: 0.17 },
  steps: [
    {
      delay_seconds: 0,
      subject: 'Your subscription is running',
      html: letter({
        preview: 'Your first box leaves on {{ context.first_box | default: "Thursday" }}.',
        heading: 'First box: {{ context.first_box | default: "Thursday" }}',
        reason: REASON,
        body: [
          paragraph(
            'Hello {{ contact.first_name | default: "there" }}, you are on the <strong>{{ contact.properties.plan | default: "Two bags" }}</strong> plan. Nothing to do for now.',
          ),
          button('See my subscription', 'https://shop.example.com/subscription'),
        ],
      }),
      text: null,
    },
    {
      delay_seconds: 3 * DAY,
      subject: 'How fast do you drink?',
      html: letter({
        preview: 'Set your rhythm once, and never run out or drown.',
        heading: 'Set your rhythm',
        reason: REASON,
        body: [
          paragraph('A bag makes about sixteen cups. So:'),
          bullets([
            'One cup a day: every two weeks.',
            'Two cups a day: every week.',
            'Weekends only: once a month.',
          ]),
          button('Choose my rhythm', 'https://shop.example.com/subscription/rhythm'),
        ],
      }),
      text: null,
    },
    {
      delay_seconds: 6 * DAY,
      subject: 'Three things that subscribers find out late',
      html: letter({
        preview: 'Skipping, swapping, and sending a box to a friend.',
        heading: 'You can do this too',
        reason: REASON,
        body: [
          bullets([
            '<strong>Skip</strong> a box until midnight before it leaves.',
            '<strong>Swap</strong> the coffee as often as you like.',
            '<strong>Send</strong> one box to a friend instead.',
          ]),
          button('Try it', 'https://shop.example.com/subscription'),
        ],
      }),
      text: null,
    },
  ],
};
