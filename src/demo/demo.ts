import { secretFor, signingSecret } from '../auth/signing_secret.ts';
import type { Db } from '../db/database.ts';
import { countLanes } from '../db/lanes.sql.ts';
import { openComposer } from '../delivery/compose.ts';
import { asciiDomainOf, type Mailbox } from '../delivery/render/mailbox.ts';
import { activeCalendar } from '../ledger/calendars.ts';
import { drain } from '../ledger/drain.ts';
import { ensureWeeks } from '../ledger/weeks.ts';
import { seededChance } from '../lib/random.ts';
import { DEMO_SEQUENCES } from '../sequences/examples.ts';
import { installExamples } from '../sequences/install.ts';
import { type Plan, plansOf } from '../sequences/plan.ts';
import { findSequence } from '../sequences/sequences.ts';
import { type Biography, type DemoSize, drawBiographies } from './calendar.ts';
import { lastDays } from './days.ts';
import { analyze, whatIsThere } from './demo.sql.ts';
import { fillLanes, type Material } from './fill.ts';
import type { World } from './life.ts';
import { completeMark, type DemoMark, keepMark, readMark } from './mark.ts';
import { peopleOf } from './people.ts';
import { storyOf } from './stories.ts';

export const DEMO_SIZE: DemoSize = { contacts: 20_000, days: 90 };

/** How the history is made up. `from` and `publicUrl` (no slash at its end) are what its emails name. */
export type DemoOptions = {
  size: DemoSize;
  seed: string;
  now: Date;
  from: Mailbox;
  publicUrl: string;
  /** Ends the filling between two lanes. */
  signal: AbortSignal;
  /** Hears that there is something to make, before the first lane. */
  onBegin?: () => void;
  onLane: (done: number, of: number) => void;
};

export type DemoOutcome =
  | { outcome: 'made' | 'was_there'; mark: DemoMark }
  /** Nothing was changed: the workspace holds something that no demo made. */
  | { outcome: 'not_empty'; holds: string[] }
  /** The next call goes on where this one stopped. */
  | { outcome: 'interrupted' };

/**
 * Gives a prepared database the demo: its sequences, and the history of its people up to `now`, recorded as if it
 * had happened. Only in a database that holds nothing, or an unfinished demo, which is then completed as it was
 * begun; a finished one stays as it is.
 */
export async function ensureDemo(db: Db, options: DemoOptions): Promise<DemoOutcome> {
  const before = await readMark(db);
  if (before?.complete) return { outcome: 'was_there', mark: before };
  const holds = before ? [] : await whatIsThere(db);
  if (holds.length > 0) return { outcome: 'not_empty', holds };
  const { size, seed, now, onBegin } = options;
  onBegin?.();
  const mark = await keepMark(db, { ...size, seed, began_at: now, complete: false });
  const material = await prepare(db, mark, options);
  if (!(await fillLanes(db, material, options))) return { outcome: 'interrupted' };
  await drain(db, await countLanes(db));
  await analyze(db);
  return { outcome: 'made', mark: await completeMark(db, mark) };
}

const DAY_MS = 24 * 60 * 60 * 1000;

async function prepare(db: Db, mark: DemoMark, { from, publicUrl }: DemoOptions): Promise<Material> {
  const { seed, days, began_at: now } = mark;
  const plans = await installSequences(db, new Date(now.getTime() - (days + 1) * DAY_MS));
  const [secret, lanes, calendar] = await Promise.all([
    signingSecret(db),
    countLanes(db),
    activeCalendar(db),
  ]);
  const timeZone = calendar.time_zone;
  await ensureWeeks(
    db,
    lastDays(now, days + 1, timeZone).map(({ startsAt }) => new Date(startsAt)),
  );
  const chance = seededChance(`${seed} calendar`);
  const biographies = drawBiographies(chance, DEMO_SEQUENCES, { ...mark, now, timeZone });
  const capturedSince = momentOfNewest(biographies, now);
  return {
    seed,
    biographies,
    person: peopleOf(seed),
    directory: { lanes, secret: secretFor('addresses', secret) },
    composer: openComposer(db, { from, publicUrl, linkSecret: secretFor('links', secret) }),
    names: new Map([...plans.values()].map(({ id, name }) => [id, name])),
    world: { planAt: planAt(plans, mark), now, capturedSince, domain: asciiDomainOf(from.address) },
  };
}

/** The demo's sequences by key, made where they are not there yet. */
async function installSequences(db: Db, at: Date): Promise<Map<string, Plan>> {
  await installExamples(db, DEMO_SEQUENCES, at);
  const sequences = await Promise.all(DEMO_SEQUENCES.map(({ key }) => findSequence(db, key)));
  const ids = sequences.flatMap((sequence) => sequence?.id ?? []);
  return new Map([...(await plansOf(db, ids)).values()].map((plan) => [plan.key, plan]));
}

// A trigger brings two emails and a bit, so the Outbox gets some 200.
const CAPTURED_TRIGGERS = 90;

function momentOfNewest(biographies: Biography[], now: Date): Date {
  const moments = biographies.flatMap(({ triggers }) => triggers.map(({ at }) => at.getTime()));
  return new Date(moments.sort((a, b) => b - a)[CAPTURED_TRIGGERS] ?? now.getTime());
}

function planAt(plans: Map<string, Plan>, { days, began_at }: DemoMark): World['planAt'] {
  const forms = new Map(
    [...plans].map(([key, plan]) => {
      const { before } = storyOf(key);
      const editedAt = before ? began_at.getTime() - before.until * days * DAY_MS : 0;
      return [key, { plan, before: before?.plan(plan) ?? plan, editedAt }] as const;
    }),
  );
  return (key, at) => {
    const form = forms.get(key);
    if (!form) throw new Error(`The demo has lost its sequence ${key}.`);
    return at.getTime() < form.editedAt ? form.before : form.plan;
  };
}
