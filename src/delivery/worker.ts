import { setTimeout as wait } from 'node:timers/promises';
import type { Db } from '../db/database.ts';
import { inLane } from '../db/lanes.ts';
import { ensureWeeks } from '../ledger/weeks.ts';
import { batches } from '../lib/batches.ts';
import { newId } from '../lib/uuid.ts';
import { type Claim, claimSteps } from './claim.ts';
import type { Composer } from './compose.ts';
import { holdLanes, RENEW_MS } from './lanes_held.ts';
import { dueLanes, lanesToRelease, releaseHeld } from './lease.sql.ts';
import type { Transport } from './send/transport.ts';
import { type Outcome, type Result, settle } from './settle.ts';

export type Worker = {
  start(): void;
  /** Stops claiming, gives sends under way a moment to end, settles, and gives its lanes back. */
  stop(): Promise<void>;
  /** One look and all that it finds, for tests and tools. Answers how many steps were ready. */
  runOnce(): Promise<number>;
  /** Says that a step may be due. */
  wake(): void;
  /** Says that a sequence may be active again, so that those held for it go on. */
  wakeHeld(): void;
  /** Results that wait to be settled. */
  backlog(): number;
  /** How many lanes it holds. */
  lanes(): number;
};

export type WorkerOptions = {
  db: Db;
  composer: Composer;
  transport: () => Transport;
  now: () => Date;
  chance: () => number;
  /** Hears, after each commit, which sequences' counts moved. */
  onCounted: (sequenceIds: string[]) => void;
  onTrouble: (error: unknown, doing: string) => void;
};

const POLL_MS = 1_000;
const CLAIM_LIMIT = 50;
const LANES_AT_ONCE = 4;
const SETTLE_LIMIT = 500;
/** Results waiting for the database at which no more mail is claimed. */
export const BACKLOG_LIMIT = 5_000;
// A claim lives as long as its worker holds the lane; this only bounds a send that hangs in a living process.
const CLAIM_MS = 10 * 60_000;
// Sequences say when they become active; this is the net under it.
const HELD_EVERY_MS = 60_000;
const STOP_MS = 1_000;
const RETRY_MS = [50, 200, 1_000, 5_000] as const;

/** Claims, composes, sends and settles, round after round. DESIGN of the states: docs/states.md. */
export function createWorker(options: WorkerOptions): Worker {
  const { db, composer, transport, now, chance, onCounted, onTrouble } = options;
  const held = holdLanes(db, newId());
  const stopped = new AbortController();
  const settling = batches<Result, undefined>({
    run: settleBatch,
    size: SETTLE_LIMIT,
    parallel: LANES_AT_ONCE,
  });
  const busy = new Map<number, Promise<number>>();
  let backlog = 0;
  let stopping = false;
  let loops: Promise<void>[] = [];
  let lookedForHeld = Number.NEGATIVE_INFINITY;
  let wakeUp: () => void = () => {};
  let woken = false;

  // Lanes go their own ways: one whose mail server is slow holds up no other, nor the look for due steps.
  async function run(): Promise<void> {
    while (!stopping) {
      await look().catch((error) => onTrouble(error, 'looking for due steps'));
      await sleep();
    }
  }

  async function keepLanes(): Promise<void> {
    while (!stopping) {
      await held.renew().catch((error) => onTrouble(error, 'renewing lanes'));
      await wait(RENEW_MS, undefined, { ref: false, signal: stopped.signal }).catch(() => {});
    }
  }

  async function runOnce(): Promise<number> {
    await held.renew();
    const ready = await Promise.all(await look());
    return ready.reduce((sum, n) => sum + n, 0);
  }

  /** Sets hands to work on lanes with something due, as many as are free. */
  async function look(): Promise<Promise<number>[]> {
    if (backlog > BACKLOG_LIMIT || busy.size >= LANES_AT_ONCE) return [];
    await releaseActiveAgain();
    const free = held.lanes().filter((lane) => !busy.has(lane));
    const due = await dueLanes(db, free, now());
    return due.slice(0, LANES_AT_ONCE - busy.size).map(workOn);
  }

  function workOn(lane: number): Promise<number> {
    const work = runLane(lane)
      .catch((error) => {
        onTrouble(error, 'sending for a lane');
        return 0;
      })
      .finally(() => {
        busy.delete(lane);
        // There may be more of this lane, or others that waited for a hand.
        wake();
      });
    busy.set(lane, work);
    return work;
  }

  async function runLane(lane: number): Promise<number> {
    const epoch = held.epochOf(lane);
    if (epoch === undefined) return 0;
    const at = now();
    await ensureWeeks(db, [at]);
    const options = { epoch, limit: CLAIM_LIMIT, leaseMs: CLAIM_MS, now: at };
    const { claims, moved, ready } = await inLane(db, lane, (tx) => claimSteps(tx, lane, options));
    if (moved.length > 0) onCounted(moved);
    backlog += claims.length;
    await Promise.all(claims.map((claim) => deliver(claim, epoch)));
    return ready;
  }

  async function deliver(claim: Claim, epoch: number): Promise<void> {
    const outcome = await attempt(claim, epoch);
    await settling.submit(claim.lane, [{ claim, at: now(), outcome }]);
    backlog -= 1;
  }

  async function attempt(claim: Claim, epoch: number): Promise<Outcome> {
    try {
      const composed = await composer.compose(claim, now());
      if (!composed.ok) {
        return {
          kind: 'permanent',
          outcome: 'template_failed',
          reply: composed.problem,
          isHardBounce: false,
        };
      }
      // The last look before the mail is out of our hands.
      if (stopping || held.epochOf(claim.lane) !== epoch) return { kind: 'abandoned' };
      const sent = await transport().send(composed.mail);
      return sent.kind === 'accepted' ? { ...sent, mail: composed.mail } : sent;
    } catch (error) {
      onTrouble(error, 'sending');
      return { kind: 'temporary', outcome: 'error', reply: 'Something failed on our side; see the log.' };
    }
  }

  // A result that a server has accepted is never given up: it waits here until the database takes it.
  async function settleBatch(lane: number, results: Result[]): Promise<undefined[]> {
    for (let tries = 0; ; tries++) {
      try {
        await ensureWeeks(
          db,
          results.map((result) => result.at),
        );
        onCounted(await inLane(db, lane, (tx) => settle(tx, lane, results, chance)));
        return results.map(() => undefined);
      } catch (error) {
        onTrouble(error, 'settling');
        if (results.length > 1 && tries > 0) throw error;
        await wait(RETRY_MS[Math.min(tries, RETRY_MS.length - 1)], undefined, { ref: false });
      }
    }
  }

  async function releaseActiveAgain(): Promise<void> {
    if (performance.now() - lookedForHeld < HELD_EVERY_MS) return;
    lookedForHeld = performance.now();
    for (const lane of await lanesToRelease(db, held.lanes())) {
      await inLane(db, lane, (tx) => releaseHeld(tx, lane, SETTLE_LIMIT));
    }
  }

  async function sleep(): Promise<void> {
    if (!woken && !stopping) {
      const { promise, resolve } = Promise.withResolvers<void>();
      wakeUp = resolve;
      const timer = setTimeout(resolve, POLL_MS);
      await promise;
      clearTimeout(timer);
    }
    woken = false;
  }

  function wake(): void {
    woken = true;
    wakeUp();
  }

  return {
    runOnce,
    wake,
    wakeHeld() {
      lookedForHeld = Number.NEGATIVE_INFINITY;
      wake();
    },
    backlog: () => backlog,
    lanes: () => held.lanes().length,
    start() {
      if (loops.length === 0) loops = [keepLanes(), run()];
    },
    async stop() {
      stopping = true;
      stopped.abort();
      wakeUp();
      const ended = Promise.all([...loops, ...busy.values()]);
      await Promise.race([ended, wait(STOP_MS, undefined, { ref: false })]);
      await held.release();
    },
  };
}
