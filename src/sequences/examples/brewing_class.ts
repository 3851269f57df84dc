import { DAY, type ExampleSequence, HOUR } from './example.ts';
import { bullets, button, letter, paragraph, signature } from './letter.ts';

const JOIN = '{{ context.join_url | default: "https://live.example.com/brewing-class" }}';
const REASON = 'You signed up for the live brewing class.';

export const BREWING_CLASS: ExampleSequence = {
  key: 'brewing-class',
  name: 'Live brewing class',
  description: 'Confirmation, what to prepare, and the recording for everybody who could not come.',
  reentry: 'every_time',
  reentry_days: null,
  status: 'paused',
  promo_page: {
    slug: 'brewing-class',
    title: 'A live class with our head roaster',
    intro: 'One hour, one kettle, all your questions. Bring any coffee that you have at home.',
    button_label: 'Save my seat',
    thanks_title: 'Your seat is saved',
    thanks_text: 'The link to join comes by email, once to each address.',
    closed_text: 'This class is over. The next date is announced in our newsletter.',
  },
  sources: { promo: 0.8, api: 0.12, manual: 0.08 },
  steps: [
    {
      delay_seconds: 0,
      subject: 'Your seat in the brewing class',
      html: letter({
        preview: 'Keep this one: it has the link.',
        heading: 'See you in class',
        reason: REASON,
        body: [
          paragraph(
            'Hello {{ contact.first_name | default: "there" }}, your seat is saved for <strong>{{ context.starts | default: "Thursday at 18:00" }}</strong>.',
          ),
          button('Join the class', JOIN),
          paragraph('The link works ten minutes before we start.'),
          signature('Ines Moreau', 'Head roaster'),
        ],
      }),
      text: null,
    },
    {
      delay_seconds: DAY,
      subject: 'What to have on the table',
      html: letter({
        preview: 'A kettle, a cup, and a coffee that you do not like.',
        heading: 'Bring a coffee that you do not like',
        reason: REASON,
        body: [
          paragraph('We will make it better together. On the table:'),
          bullets([
            'a kettle and a cup',
            'any filter or French press',
            'a spoon, and something to write with',
          ]),
          button('Join the class', JOIN),
        ],
      }),
      text: null,
    },
    {
      delay_seconds: 2 * DAY + 3 * HOUR,
      subject: 'The recording, and the recipe',
      html: letter({
        preview: 'All 52 minutes, with the questions at the end.',
        heading: 'In case you missed it',
        reason: REASON,
        body: [
          paragraph(
            'Thank you for being there, or for having meant to. The recording and the recipe card are here:',
          ),
          button('Watch the recording', 'https://live.example.com/brewing-class/recording'),
        ],
      }),
      text: null,
    },
  ],
};
