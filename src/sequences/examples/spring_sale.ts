import { DAY, type ExampleSequence } from './example.ts';
import { bullets, button, letter, paragraph, signature, voucher } from './letter.ts';

const SHOP = 'https://shop.example.com/spring?code=SPRING20';
const REASON = 'You asked for the spring offer on our website.';
/** The code lasts five days from the first email: three from the second, one from the third. */
const ENDS = {
  first: `{{ sent_at | date: "%s" | plus: ${5 * DAY} | date: "%A, %B %-d" }}`,
  second: `{{ sent_at | date: "%s" | plus: ${3 * DAY} | date: "%A, %B %-d" }}`,
};

export const SPRING_SALE: ExampleSequence = {
  key: 'spring-sale',
  name: 'Spring sale',
  description: '20% off the spring roasts: the code at once, a nudge, and a last call.',
  reentry: 'once',
  reentry_days: null,
  status: 'active',
  promo_page: {
    slug: 'spring-sale',
    title: '20% off the spring roasts',
    intro:
      'Four new coffees, roasted this week, at a fifth less for the next five days.\n\nTell us where to send your code. It arrives within a minute.',
    button_label: 'Send me the code',
    // Also true of somebody whose code came last week: who was here before is nobody else's business.
    thanks_title: 'Look into your inbox',
    thanks_text:
      'Your code SPRING20 comes by email, once to each address. The first time, it is there within a minute.\n\nNothing there? It sometimes hides in the promotions or spam folder.',
    closed_text:
      'The spring roasts have sold out for this year. The summer ones arrive in June, and the shop is open as always.',
  },
  sources: { promo: 0.72, api: 0.18, manual: 0.1 },
  steps: [
    {
      delay_seconds: 0,
      subject: 'Your 20% is here{% if contact.first_name %}, {{ contact.first_name }}{% endif %}',
      html: letter({
        preview: 'SPRING20 takes a fifth off every spring roast for five days.',
        heading: 'Spring is in. So is your code.',
        reason: REASON,
        body: [
          paragraph('Hello {{ contact.first_name | default: "there" }},'),
          paragraph(
            'the first coffees of the new harvest have landed, and we have been roasting since Monday. Here is what you came for:',
          ),
          voucher('SPRING20', `20% off every spring roast, until ${ENDS.first}`),
          button('See the four spring roasts', SHOP),
          paragraph(
            'Not sure where to start? <strong>Nyeri Hill</strong> is the one that we drink ourselves: blackcurrant first, brown sugar after.',
          ),
          signature('Ines Moreau', 'Head roaster'),
        ],
      }),
      text: `Hello {{ contact.first_name | default: "there" }},

the first coffees of the new harvest have landed, and we have been roasting since Monday. Here is what you came for:

SPRING20: 20% off every spring roast, until ${ENDS.first}

See the four spring roasts:
${SHOP}

Not sure where to start? Nyeri Hill is the one that we drink ourselves: blackcurrant first, brown sugar after.

Ines Moreau
Head roaster, Juniper Coffee

${REASON} Unsubscribe: {{ unsubscribe_url }}
`,
    },
    {
      delay_seconds: 2 * DAY,
      subject: 'Which of the four is yours?',
      html: letter({
        preview: 'A one-minute guide to the spring roasts.',
        heading: 'Four coffees, four moods',
        reason: REASON,
        body: [
          paragraph(
            'Most people who write to us ask the same thing: <em>which one should I take?</em> So here is how we choose.',
          ),
          bullets([
            '<strong>Nyeri Hill, Kenya.</strong> Bright and juicy. For filter, and for people who like their coffee awake.',
            '<strong>Finca Alba, Colombia.</strong> Caramel and red apple. The one that nobody sends back.',
            '<strong>Guji Natural, Ethiopia.</strong> Strawberry and jasmine. Strange at first, then a habit.',
            '<strong>Night Shift, our espresso.</strong> Dark chocolate and hazelnut. Made for milk.',
          ]),
          button('Pick one with 20% off', SHOP),
          paragraph(`<strong>SPRING20</strong> works until ${ENDS.second}. Shipping is free from two bags.`),
        ],
      }),
      text: `Most people who write to us ask the same thing: which one should I take? So here is how we choose.

- Nyeri Hill, Kenya. Bright and juicy. For filter, and for people who like their coffee awake.
- Finca Alba, Colombia. Caramel and red apple. The one that nobody sends back.
- Guji Natural, Ethiopia. Strawberry and jasmine. Strange at first, then a habit.
- Night Shift, our espresso. Dark chocolate and hazelnut. Made for milk.

Pick one with 20% off:
${SHOP}

SPRING20 works until ${ENDS.second}. Shipping is free from two bags.

${REASON} Unsubscribe: {{ unsubscribe_url }}
`,
    },
    {
      delay_seconds: 2 * DAY,
      subject: 'SPRING20 ends tomorrow',
      html: letter({
        preview: 'One more day for 20% off. After that we are quiet again.',
        heading: 'One more day',
        reason: REASON,
        body: [
          paragraph(
            '{{ contact.first_name | default: "Hello" }}, a short one: your code stops working tomorrow at midnight.',
          ),
          voucher('SPRING20', '20% off every spring roast, until tomorrow'),
          button('Use it now', SHOP),
          paragraph(
            'If this spring is not the season for it, no harm done. This is our last email about the sale.',
          ),
        ],
      }),
      text: `{{ contact.first_name | default: "Hello" }}, a short one: your code stops working tomorrow at midnight.

SPRING20: 20% off every spring roast, until tomorrow
${SHOP}

If this spring is not the season for it, no harm done. This is our last email about the sale.

${REASON} Unsubscribe: {{ unsubscribe_url }}
`,
    },
  ],
};
