import { DAY, type ExampleSequence } from './example.ts';
import { button, letter, paragraph } from './letter.ts';

const REASON = 'You are trying our subscription.';
const MANAGE = 'https://shop.example.com/subscription';

export const TRIAL_ENDING: ExampleSequence = {
  key: 'trial-ending',
  name: 'Trial ending',
  description: 'Says honestly when the trial ends, and what happens then.',
  reentry: 'once',
  reentry_days: null,
  status: 'active',
  promo_page: null,
  event_trigger: {
    event_name: 'trial_ends_soon',
    filters: [{ property: 'converted', operator: 'not_equals', value: true }],
  },
  sources: { event_trigger: 1 },
  steps: [
    {
      delay_seconds: 0,
      subject: 'Your trial ends in three days',
      html: letter({
        preview: 'What happens then, and how to stop it.',
        heading: 'Three days left',
        reason: REASON,
        body: [
          paragraph(
            'Hello {{ contact.first_name | default: "there" }}, your trial ends on <strong>{{ context.ends_on | default: "Sunday" }}</strong>. After that a box costs {{ context.price | default: "£14" }}, and you can stop at any time.',
          ),
          button('Keep it coming', MANAGE),
          paragraph(
            `Not for you? <a href="${MANAGE}/cancel" style="color:#7a3e1d;">Cancel in one click</a>.`,
          ),
        ],
      }),
      text: null,
    },
    {
      delay_seconds: 2 * DAY,
      subject: 'Tomorrow, then',
      html: letter({
        preview: 'Your next box is packed tomorrow unless you say otherwise.',
        heading: 'Your next box is packed tomorrow',
        reason: REASON,
        body: [
          paragraph('A last reminder, so that nothing comes as a surprise.'),
          button('Change or cancel', MANAGE),
        ],
      }),
      text: null,
    },
  ],
};
