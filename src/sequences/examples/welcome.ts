import { DAY, type ExampleSequence } from './example.ts';
import { bullets, button, letter, paragraph, signature } from './letter.ts';

const REASON = 'You get these four emails because you are new at Juniper.';

export const WELCOME: ExampleSequence = {
  key: 'welcome',
  name: 'New-customer welcome',
  description: 'Four emails over eleven days that turn a first order into a good first cup.',
  reentry: 'once',
  reentry_days: null,
  status: 'active',
  promo_page: {
    slug: 'welcome',
    title: 'Better coffee at home, in four short emails',
    intro:
      'New to freshly roasted coffee? Over the next eleven days we show you what makes the difference: water, grind, and when to stop fiddling.\n\nFree, short, and written by the people who roast it.',
    button_label: 'Start the course',
    thanks_title: 'Welcome in',
    thanks_text: 'The course comes by email, once to each address. Put the kettle on.',
    closed_text: 'The brewing course is taking a break. Our guides in the shop stay open to everybody.',
  },
  event_trigger: {
    event_name: 'customer_created',
    filters: [{ property: 'first_order', operator: 'equals', value: true }],
  },
  sources: { event_trigger: 0.68, promo: 0.22, api: 0.1 },
  steps: [
    {
      delay_seconds: 0,
      subject:
        'Welcome{% if contact.first_name %}, {{ contact.first_name }}{% endif %}. Here is what happens next',
      html: letter({
        preview: 'We roast on Mondays and Thursdays. Here is how your coffee gets to you.',
        heading: 'Good to have you',
        reason: REASON,
        body: [
          paragraph('Hello {{ contact.first_name | default: "and welcome" }},'),
          paragraph(
            'thank you for trusting a small roastery with your mornings. Nothing here lies in a warehouse: we roast on Mondays and Thursdays, pack by hand, and ship the same day.',
          ),
          '{% if context.order_number %}' +
            paragraph('Your order <strong>{{ context.order_number }}</strong> is in the next roast.') +
            '{% endif %}',
          paragraph('Over the next days I will send you three more emails:'),
          bullets([
            '<strong>Tomorrow:</strong> the two-minute setup that improves every cup.',
            '<strong>In four days:</strong> how to find the coffee that is yours.',
            '<strong>Next week:</strong> a question from me to you.',
          ]),
          paragraph('Until then, just reply if anything is unclear. I read every answer.'),
          signature('Tom Adeyemi', 'Founder'),
        ],
      }),
      text: `Hello {{ contact.first_name | default: "and welcome" }},

thank you for trusting a small roastery with your mornings. Nothing here lies in a warehouse: we roast on Mondays and Thursdays, pack by hand, and ship the same day.
{% if context.order_number %}
Your order {{ context.order_number }} is in the next roast.
{% endif %}
Over the next days I will send you three more emails:

- Tomorrow: the two-minute setup that improves every cup.
- In four days: how to find the coffee that is yours.
- Next week: a question from me to you.

Until then, just reply if anything is unclear. I read every answer.

Tom Adeyemi
Founder, Juniper Coffee

${REASON} Unsubscribe: {{ unsubscribe_url }}
`,
    },
    {
      delay_seconds: DAY,
      subject: 'The two-minute setup',
      html: letter({
        preview: 'Three things to get right, and everything that you may ignore.',
        heading: 'Three things, in this order',
        reason: REASON,
        body: [
          paragraph('You do not need a scale that costs more than the coffee. You need these:'),
          bullets([
            '<strong>Water.</strong> Fresh, just off the boil. If yours tastes of the pipe, so will the cup.',
            '<strong>Grind.</strong> Sour? Go finer. Bitter? Go coarser. One notch at a time.',
            '<strong>Ratio.</strong> One heaped tablespoon for a small cup. Write down what you liked.',
          ]),
          paragraph('Everything else is a hobby, and a lovely one. It can wait.'),
          button('Watch it in two minutes', 'https://shop.example.com/guides/first-cup'),
        ],
      }),
      text: `You do not need a scale that costs more than the coffee. You need these:

- Water. Fresh, just off the boil. If yours tastes of the pipe, so will the cup.
- Grind. Sour? Go finer. Bitter? Go coarser. One notch at a time.
- Ratio. One heaped tablespoon for a small cup. Write down what you liked.

Everything else is a hobby, and a lovely one. It can wait.

Watch it in two minutes:
https://shop.example.com/guides/first-cup

${REASON} Unsubscribe: {{ unsubscribe_url }}
`,
    },
    {
      delay_seconds: 3 * DAY,
      subject: 'Find the one that is yours',
      html: letter({
        preview: 'Chocolate or fruit? Two questions, and you know.',
        heading: 'Chocolate or fruit?',
        reason: REASON,
        body: [
          paragraph(
            'There are forty words on a bag of coffee, and nearly all of them come down to one question: do you want it to taste like <strong>chocolate</strong> or like <strong>fruit</strong>?',
          ),
          bullets([
            'Chocolate, with milk: <strong>Night Shift</strong>.',
            'Chocolate, black: <strong>Finca Alba</strong>.',
            'Fruit, and you like surprises: <strong>Guji Natural</strong>.',
            'Fruit, and you like it clear: <strong>Nyeri Hill</strong>.',
          ]),
          paragraph('Cannot decide? The tasting box has all four, in bags of 100 grams.'),
          button('Have a look at the tasting box', 'https://shop.example.com/tasting-box'),
        ],
      }),
      text: `There are forty words on a bag of coffee, and nearly all of them come down to one question: do you want it to taste like chocolate or like fruit?

- Chocolate, with milk: Night Shift.
- Chocolate, black: Finca Alba.
- Fruit, and you like surprises: Guji Natural.
- Fruit, and you like it clear: Nyeri Hill.

Cannot decide? The tasting box has all four, in bags of 100 grams:
https://shop.example.com/tasting-box

${REASON} Unsubscribe: {{ unsubscribe_url }}
`,
    },
    {
      delay_seconds: 7 * DAY,
      subject: 'A question, {{ contact.first_name | default: "if I may" }}',
      html: letter({
        preview: 'How was it? An honest answer helps more than a kind one.',
        heading: 'How was it?',
        reason: REASON,
        body: [
          paragraph('Hello {{ contact.first_name | default: "again" }},'),
          paragraph(
            'by now you have made a few cups. I would like to know how they were: what you liked, what you did not, what you expected and did not get.',
          ),
          paragraph(
            'Just reply to this email. One line is enough, and an honest one helps more than a kind one. The last change that a customer talked us into was resealable bags.',
          ),
          paragraph(
            'And if all is well: enjoy the next cup. You will hear from us when there is something new.',
          ),
          signature('Tom Adeyemi', 'Founder'),
        ],
      }),
      text: `Hello {{ contact.first_name | default: "again" }},

by now you have made a few cups. I would like to know how they were: what you liked, what you did not, what you expected and did not get.

Just reply to this email. One line is enough, and an honest one helps more than a kind one. The last change that a customer talked us into was resealable bags.

And if all is well: enjoy the next cup. You will hear from us when there is something new.

Tom Adeyemi
Founder, Juniper Coffee

${REASON} Unsubscribe: {{ unsubscribe_url }}
`,
    },
  ],
};
