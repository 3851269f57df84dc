import type { Db } from '../db/database.ts';
import type { TriggerRequest } from '../enrollment/accept.ts';
import type { Intake } from '../enrollment/intake.ts';
import { between, type Chance, pickWeighted } from '../lib/random.ts';
import { DEMO_SEQUENCES, type ExampleSequence } from '../sequences/examples.ts';
import { listSequences } from '../sequences/sequences.ts';
import type { DemoMark } from './mark.ts';
import { type MadeUpPerson, peopleOf } from './people.ts';
import { storyOf } from './stories.ts';

/** Triggers that come in now and then. `stop` waits for one that is under way. */
export type Traffic = { start(): void; stop(): Promise<void>; runOnce(): Promise<void> };

const PAUSE_MS = { least: 500, most: 4_000 };
const NEWCOMERS = 0.15;
// Newcomers are drawn from so many, so that a demo that is started again meets others.
const STRANGERS = 10_000;

/**
 * Goes on with a demo's history: every few seconds somebody, mostly one of its people, triggers one of its
 * sequences that are active, by the same way in as everybody else. A failure is told and survived.
 */
export function createTraffic(options: {
  db: Db;
  intake: Intake;
  mark: DemoMark;
  chance: Chance;
  onTrouble: (error: unknown) => void;
}): Traffic {
  const { db, intake, mark, chance, onTrouble } = options;
  const person = peopleOf(mark.seed);
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;

  async function runOnce(): Promise<void> {
    const active = await listSequences(db, { status: 'active', limit: MOST_SEQUENCES });
    const ids = new Map(active.map(({ key, id }) => [key, id]));
    const possible = DEMO_SEQUENCES.filter(({ key }) => ids.has(key));
    if (possible.length === 0) return;
    const example = pickWeighted(
      chance,
      possible.map((one) => [one, storyOf(one.key).triggers] as const),
    );
    const { contacts } = mark;
    const isNew = chance() < NEWCOMERS;
    const index = Math.floor(isNew ? contacts + chance() * STRANGERS : chance() * contacts);
    await intake.submit([drawRequest(chance, ids.get(example.key) ?? '', example, person(index))]);
  }

  function wait(): void {
    timer = setTimeout(() => void turn(), between(chance, PAUSE_MS.least, PAUSE_MS.most));
  }

  async function turn(): Promise<void> {
    running = runOnce().catch(onTrouble);
    await running;
    if (!stopped) wait();
  }

  return {
    runOnce,
    start: wait,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

const MOST_SEQUENCES = 200;

// Not trusted: what an administrator has changed about a contact stays.
function drawRequest(
  chance: Chance,
  sequence_id: string,
  { key, sources }: ExampleSequence,
  { time_zone: _, ...person }: MadeUpPerson,
): TriggerRequest {
  const source = pickWeighted(chance, Object.entries(sources));
  const context = storyOf(key).context(chance);
  return { sequence_id, person, source, context, request_key: null, trusted: false };
}
