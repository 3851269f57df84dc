import { getOrMake } from '../lib/get_or_make.ts';
import { between, type Chance, pickWeighted, wholeNumber } from '../lib/random.ts';
import type { ExampleSequence } from '../sequences/examples.ts';
import { type LocalDay, lastDays } from './days.ts';
import { storyOf } from './stories.ts';

/** How much history is made up: whole days with today as the last, and people. */
export type DemoSize = { contacts: number; days: number };

/** A trigger as it came in. `key` is its sequence's. */
export type DrawnTrigger = { key: string; source: string; at: Date };

/** Everything that came in from one of the demo's people, in order, and since when they are known. */
export type Biography = { person: number; known_since: Date; triggers: DrawnTrigger[] };

/**
 * Draws what came in up to `now`: one biography for each person, of whom some were known before the history
 * begins and the others come with their first trigger.
 */
export function drawBiographies(
  chance: Chance,
  examples: readonly ExampleSequence[],
  { contacts, days, now, timeZone }: DemoSize & { now: Date; timeZone: string },
): Biography[] {
  const calendar = lastDays(now, days, timeZone);
  const drawn = examples
    .flatMap((example) => drawSequence(chance, example, contacts, calendar))
    .filter(({ trigger }) => trigger.at < now)
    .sort((a, b) => a.trigger.at.getTime() - b.trigger.at.getTime());
  return assign(chance, drawn, contacts, calendar);
}

type Drawn = { trigger: DrawnTrigger; isNewcomer: boolean };

const HOUR_MS = 60 * 60 * 1000;
/** From Sunday to Saturday. */
const WEEKDAYS = [0.62, 1.1, 1.16, 1.12, 1.08, 0.95, 0.68] as const;

function drawSequence(
  chance: Chance,
  { key, sources }: ExampleSequence,
  contacts: number,
  calendar: LocalDay[],
): Drawn[] {
  const { triggers, newcomers, hours, busy, opened = 1 } = storyOf(key);
  const ofSource = Object.entries(sources);
  const ofHour = hours.map((weight, hour) => [hour, weight] as const);
  const opening = opened < 1 ? openingDay(calendar, opened) : 0;
  const shape = calendar.map(({ daysAgo, weekday }, i) => {
    if (i < opening) return 0;
    const age = daysAgo / calendar.length;
    return busy(age, i - opening) * (WEEKDAYS[weekday] ?? 1) * between(chance, 0.88, 1.12);
  });
  const sum = shape.reduce((total, weight) => total + weight, 0);
  return calendar.flatMap(({ startsAt }, i) => {
    const count = wholeNumber(chance, (triggers * contacts * (shape[i] ?? 0)) / sum);
    return Array.from({ length: count }, () => {
      const hour = pickWeighted(chance, ofHour) + chance();
      const at = new Date(Math.floor(startsAt + hour * HOUR_MS));
      const source = pickWeighted(chance, ofSource);
      return { trigger: { key, source, at }, isNewcomer: chance() < newcomers };
    });
  });
}

const TUESDAY = 2;

/** The first Tuesday at `age` or later, else, in a history that is too short for one, the day itself. */
function openingDay(calendar: LocalDay[], age: number): number {
  const first = calendar.findIndex(({ daysAgo }) => daysAgo <= age * calendar.length);
  const tuesday = calendar.findIndex(({ weekday }, i) => i >= first && weekday === TUESDAY);
  return tuesday === -1 ? first : tuesday;
}

// Some people are there from the beginning, so that others than newcomers have somebody to be.
const LEAST_KNOWN = 0.1;
const BEFORE_MS = 500 * 24 * HOUR_MS;
// Below 1 those who came last are the most active, as they are in life.
const RECENCY = 0.75;

function assign(chance: Chance, drawn: Drawn[], contacts: number, calendar: LocalDay[]): Biography[] {
  const places = Math.floor(contacts * (1 - LEAST_KNOWN));
  const newcomers = Math.min(drawn.filter(({ isNewcomer }) => isNewcomer).length, places);
  const began = calendar[0]?.startsAt ?? 0;
  const biographies = new Map<number, Biography>();
  let known = contacts - newcomers;
  for (let person = 0; person < known; person++) {
    const known_since = new Date(Math.floor(began - BEFORE_MS * (1 - person / known)));
    biographies.set(person, { person, known_since, triggers: [] });
  }
  for (const { trigger, isNewcomer } of drawn) {
    const comes = isNewcomer && known < contacts;
    const person = comes ? known++ : Math.floor(known * chance() ** RECENCY);
    const begun = () => ({ person, known_since: trigger.at, triggers: [] });
    getOrMake(biographies, person, begun).triggers.push(trigger);
  }
  return [...biographies.values()];
}
