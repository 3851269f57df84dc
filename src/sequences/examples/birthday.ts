import { DAY, type ExampleSequence } from './example.ts';
import { button, letter, paragraph, voucher } from './letter.ts';

const REASON = 'You told us your birthday.';

export const BIRTHDAY: ExampleSequence = {
  key: 'birthday',
  name: 'Birthday',
  description: 'A bag on the house, once a year.',
  reentry: 'after_days',
  reentry_days: 350,
  status: 'active',
  promo_page: null,
  event_trigger: { event_name: 'birthday', filters: [] },
  sources: { event_trigger: 0.9, manual: 0.1 },
  steps: [
    {
      delay_seconds: 0,
      subject: 'Happy birthday{% if contact.first_name %}, {{ contact.first_name }}{% endif %} ☕',
      html: letter({
        preview: 'Today the coffee is on us.',
        heading: 'Today the coffee is on us',
        reason: REASON,
        body: [
          paragraph('All of us at the roastery wish you a very good day. Pick a bag, any bag:'),
          voucher('CANDLES', 'One bag of 250 grams on the house, for 30 days'),
          button('Choose my bag', 'https://shop.example.com/birthday'),
        ],
      }),
      text: null,
    },
    {
      delay_seconds: 21 * DAY,
      subject: 'Your birthday bag is still here',
      html: letter({
        preview: 'Nine more days to pick it.',
        heading: 'You forgot your present',
        reason: REASON,
        body: [
          paragraph(
            'Used it already? Then forget this email and enjoy. If not: <strong>CANDLES</strong> works for nine more days.',
          ),
          button('Choose my bag', 'https://shop.example.com/birthday'),
        ],
      }),
      text: null,
    },
  ],
};
