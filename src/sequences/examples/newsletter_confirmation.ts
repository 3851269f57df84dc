import { DAY, type ExampleSequence } from './example.ts';
import { button, letter, paragraph } from './letter.ts';

const CONFIRM = '{{ context.confirm_url | default: "https://shop.example.com/newsletter/confirm" }}';
const REASON = 'Somebody, hopefully you, entered this address for our newsletter.';

export const NEWSLETTER_CONFIRMATION: ExampleSequence = {
  key: 'newsletter-confirmation',
  name: 'Newsletter confirmation',
  description: 'Asks a new reader to confirm their address, and reminds them once.',
  reentry: 'every_time',
  reentry_days: null,
  status: 'active',
  promo_page: {
    slug: 'newsletter',
    title: 'One good email a month',
    intro: 'New coffees, honest recipes, and what went wrong in the roastery. No more than one a month.',
    button_label: 'Sign me up',
    thanks_title: 'One more click',
    thanks_text: 'An address that is new here gets an email with a link to confirm it.',
    closed_text: 'The newsletter is taking a break.',
  },
  sources: { promo: 0.61, api: 0.34, import: 0.05 },
  steps: [
    {
      delay_seconds: 0,
      subject: 'Please confirm your address',
      html: letter({
        preview: 'One click, and you are on the list.',
        heading: 'Is this you?',
        reason: REASON,
        body: [
          paragraph(
            'One click, and you get one good email a month. If it was not you, do nothing: we will not write again.',
          ),
          button('Yes, that is me', CONFIRM),
        ],
      }),
      text: null,
    },
    {
      delay_seconds: 2 * DAY,
      subject: 'Still want our newsletter?',
      html: letter({
        preview: 'The last time that we ask.',
        heading: 'Still interested?',
        reason: REASON,
        body: [
          paragraph('Your confirmation is still missing. This is the last time that we ask.'),
          button('Confirm my address', CONFIRM),
        ],
      }),
      text: null,
    },
  ],
};
