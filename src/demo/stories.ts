import { between, type Chance, pick } from '../lib/random.ts';
import type { Plan } from '../sequences/plan.ts';

/** How busy a sequence was and with whom, in the demo's history and after it. */
export type Story = {
  /** Triggers in the whole history, for each contact that the demo has. */
  triggers: number;
  /** The share of them that somebody makes of whom nothing was known before. */
  newcomers: number;
  /** How its triggers spread over the hours of a day, from midnight. */
  hours: readonly number[];
  /** The age at which it was opened, on the next Tuesday; left out where that was before the history. */
  opened?: number;
  /**
   * How busy a day was, `age` from 1 (the history began) to 0 (today), `day` from 0, the one on which it was
   * opened. Only the shape counts, not the sum.
   */
  busy: (age: number, day: number) => number;
  /** What comes with a trigger. */
  context: (chance: Chance) => Record<string, unknown>;
  /** How the sequence was before an edit, and at which age it was made. */
  before?: { until: number; plan: (now: Plan) => Plan };
};

const PEOPLE_AWAKE = [
  1.2, 0.6, 0.3, 0.2, 0.2, 0.4, 1, 2, 4, 6, 7, 7, 6, 6, 6, 5, 5, 6, 7, 8, 9, 8, 5, 3,
] as const;
// What the shop's application does by itself, it does in the morning.
const NIGHTLY_JOB = PEOPLE_AWAKE.map((_, hour) => [0, 6, 2][hour - 7] ?? 0);

const steady = () => 1;
const growing = (age: number) => 1.3 - 0.6 * age;
/** Nearly nothing after it has ended: links that are still around. */
const until = (ended: number, busy: Story['busy']) => (age: number, day: number) =>
  age > ended ? busy(age, day) : 0.04;
/** The first day brings ten times what the later ones do. */
const launch = (_age: number, day: number) => 1 + 15 * Math.exp(-1.7 * day) + 1.5 * Math.exp(-day / 15);

const active = (plan: Plan): Plan => ({ ...plan, status: 'active' });
const LAUNCH_ENDED = 0.52;
const CLASS_PAUSED = 0.07;

const COFFEES = ['Nyeri Hill', 'Finca Alba', 'Guji Natural', 'Night Shift'];
const order = (chance: Chance) => `JC-${Math.floor(between(chance, 20_000, 99_999))}`;
const campaign = (chance: Chance) => ({ utm_source: pick(chance, ['newsletter', 'instagram', 'search']) });

/** The story of each demo sequence, by its key. Together some 2.5 triggers a contact. */
export const STORIES: Readonly<Record<string, Story>> = {
  'spring-sale': {
    triggers: 0.42,
    newcomers: 0.4,
    hours: PEOPLE_AWAKE,
    opened: 0.26,
    busy: launch,
    context: campaign,
  },
  welcome: {
    triggers: 0.3,
    newcomers: 0.96,
    hours: PEOPLE_AWAKE,
    busy: growing,
    context: (chance) => ({ first_order: true, order_number: order(chance) }),
    // Its second and third email changed places: who was between them then skipped one.
    before: { until: 0.4, plan: (now) => ({ ...now, steps: swapped(now.steps) }) },
  },
  'win-back': {
    triggers: 0.11,
    newcomers: 0,
    hours: NIGHTLY_JOB,
    busy: steady,
    context: (chance) => ({ months_active: Math.floor(between(chance, 3, 30)) }),
  },
  'cart-reminder': {
    triggers: 0.55,
    newcomers: 0.05,
    hours: PEOPLE_AWAKE,
    busy: growing,
    context: cart,
  },
  onboarding: {
    triggers: 0.09,
    newcomers: 0.15,
    hours: PEOPLE_AWAKE,
    busy: growing,
    context: (chance) => ({ first_box: pick(chance, ['Monday', 'Thursday']) }),
  },
  'trial-ending': {
    triggers: 0.07,
    newcomers: 0,
    hours: NIGHTLY_JOB,
    busy: growing,
    context: (chance) => ({ converted: false, ends_on: pick(chance, ['Friday', 'Saturday', 'Sunday']) }),
  },
  birthday: { triggers: 0.19, newcomers: 0, hours: NIGHTLY_JOB, busy: steady, context: () => ({}) },
  'feedback-request': {
    triggers: 0.3,
    newcomers: 0,
    hours: NIGHTLY_JOB,
    busy: growing,
    context: (chance) => ({ product: pick(chance, COFFEES), order_number: order(chance), refunded: false }),
  },
  'newsletter-confirmation': {
    triggers: 0.22,
    newcomers: 0.7,
    hours: PEOPLE_AWAKE,
    busy: growing,
    context: campaign,
  },
  'brewing-class': {
    triggers: 0.08,
    newcomers: 0.25,
    hours: PEOPLE_AWAKE,
    busy: until(CLASS_PAUSED, steady),
    context: (chance) => ({ starts: pick(chance, ['Thursday at 18:00', 'Saturday at 10:00']) }),
    before: { until: CLASS_PAUSED, plan: active },
  },
  'product-launch': {
    triggers: 0.14,
    newcomers: 0.3,
    hours: PEOPLE_AWAKE,
    opened: 0.86,
    busy: until(LAUNCH_ENDED, launch),
    context: campaign,
    before: { until: LAUNCH_ENDED, plan: active },
  },
  referral: {
    triggers: 0.006,
    newcomers: 0,
    hours: PEOPLE_AWAKE,
    opened: 0.2,
    busy: steady,
    context: () => ({ stars: 5 }),
  },
};

/** The story of a demo sequence. Throws where it has none: a sequence of the demo without one is a mistake. */
export function storyOf(key: string): Story {
  const story = STORIES[key];
  if (!story) throw new Error(`The demo has no story for the sequence ${key}.`);
  return story;
}

function cart(chance: Chance): Record<string, unknown> {
  const names = COFFEES.slice(Math.floor(between(chance, 0, 4)));
  const items = names.slice(0, 2).map((name) => ({ name, quantity: Math.floor(between(chance, 1, 4)) }));
  return { items, total: items.reduce((sum, { quantity }) => sum + 13.5 * quantity, 2.5) };
}

function swapped(steps: Plan['steps']): Plan['steps'] {
  const [first, second, third, ...others] = steps;
  return first && second && third ? [first, third, second, ...others] : steps;
}
