import { DAY, type ExampleSequence } from './example.ts';
import { bullets, button, letter, paragraph, signature, voucher } from './letter.ts';

const SHOP = 'https://shop.example.com/back?code=AGAIN25';
const REASON = 'You get this because you have ordered from us before.';

export const WIN_BACK: ExampleSequence = {
  key: 'win-back',
  name: 'Win-back',
  description: 'For people who have not ordered in a while: what is new, then a reason to come back.',
  reentry: 'after_days',
  reentry_days: 90,
  status: 'active',
  promo_page: {
    slug: 'win-back',
    title: 'It has been a while',
    intro:
      'You have had our coffee before, and then life went on. If you would like to try again, we would like to make it easy.\n\nLeave your address and we will send you what is new, and something to come back with.',
    button_label: 'Show me what is new',
    thanks_title: 'Good to see you again',
    thanks_text: 'The rest is in the email that each address gets once. Look into your inbox.',
    closed_text: 'This offer has ended. The coffee has not: the shop is open, and you are always welcome.',
  },
  event_trigger: {
    event_name: 'subscription_cancelled',
    filters: [{ property: 'months_active', operator: 'greater_than', value: 2 }],
  },
  sources: { event_trigger: 0.45, manual: 0.3, promo: 0.25 },
  steps: [
    {
      delay_seconds: 0,
      subject: '{{ contact.first_name | default: "Hello" }}, it has been a while',
      html: letter({
        preview: 'No pressure, no countdown. Just what has changed since you left.',
        heading: 'It has been a while',
        reason: REASON,
        body: [
          paragraph('Hello {{ contact.first_name | default: "again" }},'),
          paragraph(
            'you have not ordered for some time, and that is fine: cupboards fill up, tastes change. But a few things have changed here too, and I think that you would like them.',
          ),
          bullets([
            '<strong>Smaller bags.</strong> 100 grams, so that nothing goes stale.',
            '<strong>Skip by text.</strong> Going away? One word, and the next box waits.',
            '<strong>Two new farms,</strong> both found by following a customer’s tip.',
          ]),
          button('See what is new', 'https://shop.example.com/new'),
          signature('Tom Adeyemi', 'Founder'),
        ],
      }),
      text: `Hello {{ contact.first_name | default: "again" }},

you have not ordered for some time, and that is fine: cupboards fill up, tastes change. But a few things have changed here too, and I think that you would like them.

- Smaller bags. 100 grams, so that nothing goes stale.
- Skip by text. Going away? One word, and the next box waits.
- Two new farms, both found by following a customer's tip.

See what is new:
https://shop.example.com/new

Tom Adeyemi
Founder, Juniper Coffee

${REASON} Unsubscribe: {{ unsubscribe_url }}
`,
    },
    {
      delay_seconds: 4 * DAY,
      subject: 'Was it something that we did?',
      html: letter({
        preview: 'Two clicks to tell us why. We change things because of the answers.',
        heading: 'Was it us?',
        reason: REASON,
        body: [
          paragraph(
            'When somebody leaves, it is usually one of four things. Which was yours? One click is all we ask.',
          ),
          bullets([
            '<a href="https://shop.example.com/why?reason=price" style="color:#7a3e1d;">It was too expensive</a>',
            '<a href="https://shop.example.com/why?reason=taste" style="color:#7a3e1d;">It was not my taste</a>',
            '<a href="https://shop.example.com/why?reason=too-much" style="color:#7a3e1d;">I had too much of it</a>',
            '<a href="https://shop.example.com/why?reason=delivery" style="color:#7a3e1d;">The delivery went wrong</a>',
          ]),
          paragraph('A person reads the answers every Friday. Last month that person was me.'),
          signature('Ines Moreau', 'Head roaster'),
        ],
      }),
      text: `When somebody leaves, it is usually one of four things. Which was yours? One click is all we ask.

- It was too expensive: https://shop.example.com/why?reason=price
- It was not my taste: https://shop.example.com/why?reason=taste
- I had too much of it: https://shop.example.com/why?reason=too-much
- The delivery went wrong: https://shop.example.com/why?reason=delivery

A person reads the answers every Friday. Last month that person was me.

Ines Moreau
Head roaster, Juniper Coffee

${REASON} Unsubscribe: {{ unsubscribe_url }}
`,
    },
    {
      delay_seconds: 7 * DAY,
      subject: 'A quarter off, and then we leave you in peace',
      html: letter({
        preview: 'AGAIN25 is yours for two weeks. This is the last email of this kind.',
        heading: 'One last thing',
        reason: REASON,
        body: [
          paragraph('{{ contact.first_name | default: "Hello" }}, this is the last time that we ask.'),
          voucher('AGAIN25', '25% off anything in the shop, for two weeks'),
          button('Order with a quarter off', SHOP),
          paragraph(
            'If we do not hear from you, we will take the hint and stop. Thank you for the cups that you had with us.',
          ),
        ],
      }),
      text: `{{ contact.first_name | default: "Hello" }}, this is the last time that we ask.

AGAIN25: 25% off anything in the shop, for two weeks
${SHOP}

If we do not hear from you, we will take the hint and stop. Thank you for the cups that you had with us.

${REASON} Unsubscribe: {{ unsubscribe_url }}
`,
    },
  ],
};
