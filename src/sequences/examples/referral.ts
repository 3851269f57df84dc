import { DAY, type ExampleSequence } from './example.ts';
import { button, letter, paragraph, voucher } from './letter.ts';

const REASON = 'You have rated us with five stars.';

export const REFERRAL: ExampleSequence = {
  key: 'referral',
  name: 'Bring a friend',
  description: 'Asks people who like us to tell a friend. Still being written.',
  reentry: 'after_days',
  reentry_days: 180,
  status: 'draft',
  promo_page: null,
  event_trigger: { event_name: 'rated', filters: [{ property: 'stars', operator: 'equals', value: 5 }] },
  sources: { event_trigger: 1 },
  steps: [
    {
      delay_seconds: DAY,
      subject: 'Know somebody with bad coffee?',
      html: letter({
        preview: 'A bag for them, a bag for you.',
        heading: 'A bag for them, a bag for you',
        reason: REASON,
        body: [
          paragraph(
            'Thank you for the five stars, {{ contact.first_name | default: "friend" }}. Give this code to somebody who needs it:',
          ),
          voucher(
            '{{ contact.properties.referral_code | default: "FRIEND" }}',
            'A free bag for your friend, and one for you',
          ),
          button('Share it', 'https://shop.example.com/refer'),
        ],
      }),
      text: null,
    },
  ],
};
