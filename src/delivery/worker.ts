import { setTimeout as wait } from 'node:timers/promises';
import type { Db } from '../db/database.ts';
import { inLane } from '../db/lanes.ts';
import { ensureWeeks } from '../ledger/weeks.ts';
import { newId } from '../lib/uuid.ts';
import { type Claim, claimSteps } from './claim.ts';
import type { Composer } from './compose.ts';
import { holdLanes, RENEW_MS } from './lanes_held.ts';
import { dueLanes, lanesToRelease, releaseHeld } from './lease.sql.ts';
import type { Transport } from './send/transport.ts';
import type { Outcome } from './settle.ts';
import { openSettling } from './settling.ts';

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
  /** Mails that are claimed or sent, and whose results are not settled. */
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
// Enough to keep every connection busy. What is claimed waits in memory, rendered, and not for another worker.
const SENDING_LIMIT = 500;
/** Results waiting for the database at which no more mail is claimed. */
export const BACKLOG_LIMIT = 5_000;
// A claim lives as long as its worker holds the lane; this only bounds a send that hangs in a living process.
const CLAIM_MS = 10 * 60_000;
// Sequences say when they become active; this is the net under it.
const HELD_EVERY_MS = 60_000;
const RELEASE_LIMIT = 500;
// Longer than a mail server connection is given to end when sending stops.
const STOP_MS = 1_300;
const RELEASE_MS = 300;

/** Claims, composes, sends and settles, round after round. DESIGN of the states: docs/states.md. */
export function createWorker(options: WorkerOptions): Worker {
  const { db, composer, transport, now, chance, onCounted, onTrouble } = options;
  const held = holdLanes(db, newId());
  const stopped = new AbortController();
  const settled = openSettling({ db, parallel: LANES_AT_ONCE, chance, onCounted, onTrouble });
  const claiming = new Map<number, Promise<number>>();
  /** By enrollment and step: mails that are claimed and whose results are not settled. */
  const underWay = new Map<string, { lane: number; end: Promise<void> }>();
  let sending = 0;
  let lastLane = -1;
  let stopping = false;
  let loops: Promise<void>[] = [];
  let lookedForHeld = Number.NEGATIVE_INFINITY;
  let mayBeReleased = true;
  let wakeUp: () => void = () => {};
  let woken = false;

  async function run(): Promise<void> {
    while (!stopping) {
      await look().catch((error) => onTrouble(error, 'looking for due steps'));
      await sleep();
    }
  }

  async function keepLanes(): Promise<void> {
    while (!stopping) {
      await held.renew().catch((error) => onTrouble(error, 'renewing lanes'));
      // Lanes that are new here may have something due.
      wake();
      // Who has none waits for a lease to run out: its own, from before a crash, as like as not.
      const pause = held.lanes().length > 0 ? RENEW_MS : POLL_MS;
      await wait(pause, undefined, { ref: false, signal: stopped.signal }).catch(() => {});
    }
  }

  async function runOnce(): Promise<number> {
    await held.renew();
    const ready = await Promise.all(await look());
    await Promise.all([...underWay.values()].map(({ end }) => end));
    return ready.reduce((sum, n) => sum + n, 0);
  }

  /** Sets hands to work on lanes with something due, as many as are free. */
  async function look(): Promise<Promise<number>[]> {
    if (freeHands() <= 0) return [];
    await releaseActiveAgain();
    const free = held.lanes().filter((lane) => !claiming.has(lane));
    const due = await dueLanes(db, free, now());
    // In turn, so that a lane with much to do is no reason for those behind it to wait until it is done.
    const inTurn = [...due.filter((lane) => lane > lastLane), ...due.filter((lane) => lane <= lastLane)];
    const next = inTurn.slice(0, freeHands());
    lastLane = next.at(-1) ?? lastLane;
    return next.map(workOn);
  }

  function freeHands(): number {
    if (underWay.size > BACKLOG_LIMIT) return 0;
    const room = Math.floor((SENDING_LIMIT - sending) / CLAIM_LIMIT);
    return Math.min(LANES_AT_ONCE, room) - claiming.size;
  }

  function workOn(lane: number): Promise<number> {
    const work = claimIn(lane)
      .catch((error) => {
        onTrouble(error, 'claiming due steps');
        return 0;
      })
      .then((ready) => {
        claiming.delete(lane);
        // There may be more of this lane, or others that waited for a hand.
        if (ready > 0) wake();
        return ready;
      });
    claiming.set(lane, work);
    return work;
  }

  /** Claims what is due in a lane and sends it on its way. Answers how many steps were ready. */
  async function claimIn(lane: number): Promise<number> {
    const epoch = held.epochOf(lane);
    if (epoch === undefined) return 0;
    const at = now();
    await ensureWeeks(db, [at]);
    const options = { epoch, limit: CLAIM_LIMIT, leaseMs: CLAIM_MS, now: at };
    const { claims, moved, ready } = await inLane(db, lane, (tx) => claimSteps(tx, lane, options));
    if (moved.length > 0) onCounted(moved);
    for (const claim of claims) send(claim, epoch);
    return ready;
  }

  // Nobody waits for this: a mail that hangs holds up no other, neither of its lane nor of another.
  function send(claim: Claim, epoch: number): void {
    const mail = `${claim.enrollment_id} ${claim.step_id}`;
    // Its claim ran out while it hangs here: a second one beside it would be a second mail.
    if (underWay.has(mail)) return;
    const end = deliver(claim, epoch).then(() => {
      underWay.delete(mail);
      // Its next step may be due at once.
      wake();
    });
    underWay.set(mail, { lane: claim.lane, end });
  }

  async function deliver(claim: Claim, epoch: number): Promise<void> {
    sending += 1;
    const outcome = await attempt(claim, epoch);
    sending -= 1;
    await settled({ claim, at: now(), outcome });
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
      if (stopping && sent.outcome === 'connection_failed') return { kind: 'abandoned' };
      return sent.kind === 'accepted' ? { ...sent, mail: composed.mail } : sent;
    } catch (error) {
      onTrouble(error, 'sending');
      return { kind: 'temporary', outcome: 'error', reply: 'Something failed on our side; see the log.' };
    }
  }

  async function releaseActiveAgain(): Promise<void> {
    if (!mayBeReleased && performance.now() - lookedForHeld < HELD_EVERY_MS) return;
    lookedForHeld = performance.now();
    mayBeReleased = false;
    try {
      for (const lane of await lanesToRelease(db, held.lanes())) {
        const released = await inLane(db, lane, (tx) => releaseHeld(tx, lane, RELEASE_LIMIT));
        if (released === RELEASE_LIMIT) mayBeReleased = true;
      }
    } catch (error) {
      mayBeReleased = true;
      throw error;
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

  async function allEnded(): Promise<void> {
    await Promise.all([...loops, ...claiming.values()]);
    await Promise.all([...underWay.values()].map(({ end }) => end));
  }

  return {
    runOnce,
    wake,
    wakeHeld() {
      mayBeReleased = true;
      wake();
    },
    backlog: () => underWay.size,
    lanes: () => held.lanes().length,
    start() {
      if (loops.length === 0) loops = [keepLanes(), run()];
    },
    async stop() {
      stopping = true;
      stopped.abort();
      wakeUp();
      await Promise.race([allEnded(), wait(STOP_MS, undefined, { ref: false })]);
      // What still hangs may have been accepted: its lane is not given back, so that nobody sends it again at once.
      const hanging = new Set([...underWay.values()].map(({ lane }) => lane));
      const released = held.release([...hanging]).catch((error) => onTrouble(error, 'giving lanes back'));
      await Promise.race([released, wait(RELEASE_MS, undefined, { ref: false })]);
    },
  };
}
