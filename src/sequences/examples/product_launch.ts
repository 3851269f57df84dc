import { DAY, type ExampleSequence } from './example.ts';
import { bullets, button, letter, paragraph } from './letter.ts';

const REASON = 'You asked to hear about the hand grinder first.';
const ORDER = 'https://shop.example.com/grinder';

export const PRODUCT_LAUNCH: ExampleSequence = {
  key: 'product-launch',
  name: 'Hand grinder launch',
  description: 'The waiting list of last winter’s launch: first look, opening, last units.',
  reentry: 'once',
  reentry_days: null,
  status: 'archived',
  promo_page: {
    slug: 'hand-grinder',
    title: 'The hand grinder that took us three winters',
    intro: 'Five hundred pieces, made in a workshop two streets from ours. The waiting list gets them first.',
    button_label: 'Put me on the list',
    thanks_title: 'You are on the list',
    thanks_text: 'You will hear from us a day before everybody else.',
    closed_text: 'All five hundred have found a kitchen. Thank you!',
  },
  sources: { promo: 0.64, manual: 0.26, api: 0.1 },
  steps: [
    {
      delay_seconds: 0,
      subject: 'A first look',
      html: letter({
        preview: 'Three winters, eleven prototypes.',
        heading: 'Eleven prototypes later',
        reason: REASON,
        body: [
          paragraph(
            'Hello {{ contact.first_name | default: "there" }}, here is what is different about ours:',
          ),
          bullets([
            '38 mm steel burrs, and you can replace them',
            'no plastic where beans go',
            '30 seconds for two cups',
          ]),
          button('See the pictures', ORDER),
        ],
      }),
      text: null,
    },
    {
      delay_seconds: 5 * DAY,
      subject: 'The list opens now',
      html: letter({
        preview: 'You are a day ahead of everybody else.',
        heading: 'It is open',
        reason: REASON,
        body: [
          paragraph('Five hundred pieces, and until tomorrow they are for this list alone.'),
          button('Order mine', ORDER),
        ],
      }),
      text: null,
    },
    {
      delay_seconds: 4 * DAY,
      subject: '41 left',
      html: letter({
        preview: 'We do not make more before autumn.',
        heading: 'The last forty-one',
        reason: REASON,
        body: [
          paragraph('When these are gone, the next ones come in autumn.'),
          button('Order one of them', ORDER),
        ],
      }),
      text: null,
    },
  ],
};
