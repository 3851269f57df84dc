import { DAY, type ExampleSequence, HOUR } from './example.ts';
import { button, letter, paragraph } from './letter.ts';

const CART = '{{ context.cart_url | default: "https://shop.example.com/cart" }}';
const REASON = 'You left something in your basket.';

export const CART_REMINDER: ExampleSequence = {
  key: 'cart-reminder',
  name: 'Cart reminder',
  description: 'Two hours after a basket is left behind, and once more the next day.',
  reentry: 'once_at_a_time',
  reentry_days: null,
  status: 'active',
  promo_page: null,
  event_trigger: {
    event_name: 'cart_abandoned',
    filters: [{ property: 'total', operator: 'greater_than', value: 15 }],
  },
  sources: { event_trigger: 0.94, api: 0.06 },
  steps: [
    {
      delay_seconds: 2 * HOUR,
      subject: 'Still thinking it over?',
      html: letter({
        preview: 'We kept your basket. Nothing has sold out yet.',
        heading: 'We kept your basket',
        reason: REASON,
        body: [
          paragraph('Hello {{ contact.first_name | default: "there" }}, this is still waiting for you:'),
          `{% for item in context.items %}${paragraph('{{ item.quantity | default: 1 }} × <strong>{{ item.name }}</strong>')}{% endfor %}`,
          button('Go back to my basket', CART),
        ],
      }),
      text: null,
    },
    {
      delay_seconds: DAY,
      subject: 'Your basket goes back on the shelf tonight',
      html: letter({
        preview: 'After midnight we cannot promise the same roast date.',
        heading: 'Until tonight',
        reason: REASON,
        body: [
          paragraph(
            'We set your coffee aside from Thursday’s roast. Tonight it goes back on the shelf, so that somebody gets it fresh.',
          ),
          button('Finish my order', CART),
          paragraph('Changed your mind? No need to do anything.'),
        ],
      }),
      text: null,
    },
  ],
};
