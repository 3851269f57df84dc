import { DAY, type ExampleSequence } from './example.ts';
import { button, letter, paragraph, signature } from './letter.ts';

const REASON = 'You have ordered from us.';

export const FEEDBACK_REQUEST: ExampleSequence = {
  key: 'feedback-request',
  name: 'Feedback request',
  description: 'Asks for a rating ten days after delivery, at most every two months.',
  reentry: 'after_days',
  reentry_days: 60,
  status: 'active',
  promo_page: null,
  event_trigger: {
    event_name: 'order_delivered',
    filters: [{ property: 'refunded', operator: 'not_equals', value: true }],
  },
  sources: { event_trigger: 0.88, api: 0.12 },
  steps: [
    {
      delay_seconds: 10 * DAY,
      subject: 'How is the {{ context.product | default: "coffee" }}?',
      html: letter({
        preview: 'One question, ten seconds.',
        heading: 'How is the {{ context.product | default: "coffee" }}?',
        reason: REASON,
        body: [
          paragraph(
            'Hello {{ contact.first_name | default: "there" }}, from one to five: how do you like it?',
          ),
          button(
            'Rate it in ten seconds',
            'https://shop.example.com/rate/{{ context.order_number | default: "latest" | url_encode }}',
          ),
          signature('Ines Moreau', 'Head roaster'),
        ],
      }),
      text: null,
    },
  ],
};
