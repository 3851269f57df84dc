import { setTimeout as wait } from 'node:timers/promises';
import { inLane } from '../db/lanes.ts';
import { ensureWeeks } from '../ledger/weeks.ts';
import type { Loop } from '../lib/loop.ts';
import { Signal } from '../lib/signal.ts';
import { openAfterTrouble } from './after_trouble.ts';
import { type Claimed, claimSteps } from './claim.ts';
import { claimConfirmations, lanesToConfirm } from './confirmations.sql.ts';
import { ConfirmationSender } from './confirmations.ts';
import { Endings } from './endings.ts';
import { type HoldingOptions, LanesHeld, LEASE_MS, renewMs } from './lanes_held.ts';
import { dueLanes, releaseUnsent } from './lease.sql.ts';
import type { Limiter } from './limits/limiter.ts';
import type { HeldBackMoves, Ration } from './limits/ration.ts';
import { Rationing } from './limits/rationing.ts';
import { lanesToRelease } from './resumption.sql.ts';
import { markResumptions, releaseHeld } from './resumption.ts';
import { Sender, type SenderOptions } from './sender.ts';

export type WorkerOptions = Omit<SenderOptions, 'parallel' | 'mayStillSend' | 'endings' | 'onSettled'> &
  HoldingOptions & {
    /** Which spell of the mail server's good health this is (see `MailHealth`); by default none is known. */
    spell?: () => number | null;
    /** The limits of what is sent; without, there are none. */
    limiter?: Limiter;
  };

// What is due later is known when it is looked for, and what comes in between is told: this is the net under it.
const LOOK_MS = 5_000;
// Where nobody tells. And what is due at last is not looked for in a ring while it waits for a lane or a hand.
const POLL_MS = 1_000;
const LEAST_PAUSE_MS = 20;
const CLAIM_LIMIT = 100;
// Lanes that are claimed in at once, and lanes that are settled in.
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

/** Claims, composes, sends and settles, round after round. The states are in docs/states.md. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #held: LanesHeld;
  readonly #sender: Sender;
  readonly #confirmations: ConfirmationSender;
  readonly #endings = new Endings();
  readonly #afterTrouble: Loop;
  readonly #rationing: Rationing | undefined;
  readonly #stopped = new AbortController();
  readonly #woken = new Signal();
  readonly #claiming = new Map<number, Promise<number>>();
  /** Lanes where a claim failed, perhaps after its commit: what it claimed is then sent by nobody. */
  readonly #unsure = new Set<number>();
  #loops: Promise<void>[] = [];
  #releasing: Promise<void> | undefined;
  #lastLane = -1;
  #lookedForHeld = Number.NEGATIVE_INFINITY;
  #mayBeReleased = true;
  /** When something is due, as far as the last look could see. */
  #nextDue: Date | null = null;
  #lanesDue = 0;
  #fullSince: Date | null = null;

  constructor(options: WorkerOptions) {
    this.#options = options;
    const { db, limiter } = options;
    this.#rationing = limiter && new Rationing({ db, limiter });
    this.#held = new LanesHeld({
      ...options,
      onTakenUp: () => {
        options.onTakenUp?.();
        // There may be something due in it.
        this.wake();
      },
      isAtWork: (lane) =>
        this.#claiming.has(lane) ||
        this.#unsure.has(lane) ||
        this.#underWay().some((mail) => mail.lane === lane),
    });
    const sending = {
      ...options,
      mayStillSend: (lane: number, epoch: number) => this.#held.epochOf(lane) === epoch,
      onSettled: () => this.wake(),
    };
    this.#sender = new Sender({ ...sending, parallel: LANES_AT_ONCE, endings: this.#endings });
    this.#confirmations = new ConfirmationSender(sending);
    this.#afterTrouble = openAfterTrouble({
      db: options.db,
      now: options.now,
      spell: () => options.spell?.() ?? null,
      lanes: () => this.#held.lanes().flatMap((lane) => this.#epochIn(lane)),
      isBusy: () => this.#isBusy,
      onBrought: () => this.wake(),
      onTrouble: this.#trouble('bringing mail forward'),
    });
  }

  start(): void {
    if (this.#loops.length > 0) return;
    this.#loops = [this.#keepLanes(), this.#run()];
    this.#afterTrouble.start();
  }

  /** Stops claiming, gives sends under way a moment to end, settles, and gives its lanes back. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#sender.stop();
    this.#confirmations.stop();
    this.wake();
    await Promise.race([this.#ended(), wait(STOP_MS, undefined, { ref: false })]);
    // What still hangs may have been accepted: its lane is not given back, so that nobody sends it again at once.
    const hanging = new Set(this.#underWay().map(({ lane }) => lane));
    const released = this.#held.release([...hanging]).catch(this.#trouble('giving lanes back'));
    await Promise.race([released, wait(RELEASE_MS, undefined, { ref: false })]);
  }

  /** One look and all that it finds, for tests and tools. Answers how many steps were ready. */
  async runOnce(): Promise<number> {
    await this.#held.renew();
    await this.#held.idle();
    await this.#release();
    await this.#afterTrouble.runOnce();
    const ready = await Promise.all(await this.#look());
    await this.#idle();
    return ready.reduce((sum, n) => sum + n, 0);
  }

  /** Says that a step may be due. */
  wake(): void {
    this.#woken.give();
  }

  /** Says, after the commit, that runs ended in these lanes or (null) in any: mail of theirs stays here that still is. */
  runsEnded(lanes: number[] | null): void {
    this.#endings.note(lanes);
  }

  /** Says that the limits of sending may have changed. */
  relearn(): void {
    this.#options.limiter?.forget();
    this.wake();
  }

  /** Says that a sequence may be active again, so that those held for it go on. */
  wakeHeld(): void {
    this.#mayBeReleased = true;
    this.wake();
  }

  /** Mails that are claimed or sent, and whose results are not settled. */
  backlog(): number {
    return this.#sender.backlog + this.#confirmations.underWay().length;
  }

  /** Since when so many results wait for the database that nothing more is claimed; null while claiming goes on. */
  get fullSince(): Date | null {
    return this.#fullSince;
  }

  /** Has other processes know at once what `report` has to say; they hear it every few seconds anyway. */
  report(): Promise<void> {
    return this.#held.report();
  }

  /** How many lanes it holds, and may send for now. */
  lanes(): number {
    return this.#held.lanes().length;
  }

  get #isStopping(): boolean {
    return this.#stopped.signal.aborted;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      this.#releaseBeside();
      await this.#look().catch(this.#trouble('looking for due steps'));
      if (!this.#isStopping) await this.#woken.take(this.#pause());
    }
  }

  /** How long to sleep when nobody wakes it, in ms. */
  #pause(): number {
    const longest = this.#options.isTold?.() ? LOOK_MS : POLL_MS;
    const limited = Math.max(this.#rationing?.pauseMs() ?? longest, LEAST_PAUSE_MS);
    if (!this.#nextDue) return Math.min(longest, limited);
    const left = this.#nextDue.getTime() - this.#options.now().getTime();
    return Math.min(longest, limited, left <= 0 ? POLL_MS : Math.max(left, LEAST_PAUSE_MS));
  }

  async #keepLanes(): Promise<void> {
    const renewEvery = renewMs(this.#options.leaseMs ?? LEASE_MS);
    while (!this.#isStopping) {
      await this.#held.renew().catch(this.#trouble('renewing lanes'));
      // Who has none waits for a lease to run out: its own, from before a crash, as like as not.
      const pause = this.lanes() > 0 ? renewEvery : Math.min(POLL_MS, renewEvery);
      await wait(pause, undefined, { ref: false, signal: this.#stopped.signal }).catch(() => {});
    }
  }

  /** Sets hands to work on lanes with something due, as many as are free. */
  async #look(): Promise<Promise<number>[]> {
    if (this.#freeHands() <= 0) return [];
    await this.#rationing?.learn(this.#sureLanes());
    const free = [...this.#sureLanes().keys()].filter((lane) => !this.#claiming.has(lane));
    const allowed = this.#rationing?.lanesAtOnce(this.#sender.sending) ?? LANES_AT_ONCE;
    if (allowed === 0) return this.#lookForConfirmations(free);
    const { due: ready, next: nextDue } = await dueLanes(this.#options.db, free, this.#options.now());
    this.#nextDue = nextDue;
    const keptBack = this.#rationing?.due(free);
    const due = [...new Set([...ready, ...(keptBack?.keys() ?? [])])].sort((a, b) => a - b);
    this.#lanesDue = due.length;
    // In turn, so that a lane with much to do is no reason for those behind it to wait until it is done.
    const last = this.#lastLane;
    const inTurn = [...due.filter((lane) => lane > last), ...due.filter((lane) => lane <= last)];
    const hands = Math.min(this.#freeHands(), allowed - this.#claiming.size);
    const next = inTurn.slice(0, Math.max(0, hands));
    this.#lastLane = next.at(-1) ?? last;
    return next.map((lane) => this.#workOn(lane, this.#claimIn(lane, keptBack?.get(lane) ?? [])));
  }

  /** Somebody waits for these before a screen, so they keep to no limit. */
  async #lookForConfirmations(free: number[]): Promise<Promise<number>[]> {
    const due = await lanesToConfirm(this.#options.db, free, this.#options.now());
    const next = due.slice(0, Math.max(0, this.#freeHands()));
    return next.map((lane) => this.#workOn(lane, this.#claimConfirmations(lane)));
  }

  /** The lanes in which steps may be claimed, and nothing is left of a claim that failed; with their epochs. */
  #sureLanes(): Map<number, number> {
    const lanes = this.#held.lanes().filter((lane) => !this.#unsure.has(lane));
    return new Map(lanes.map((lane) => [lane, this.#held.epochOf(lane) ?? Number.NaN]));
  }

  #freeHands(): number {
    if (this.#sender.backlog > BACKLOG_LIMIT) {
      this.#fullSince ??= this.#options.now();
      return 0;
    }
    this.#fullSince = null;
    const room = Math.floor((SENDING_LIMIT - this.#sender.sending) / CLAIM_LIMIT);
    return Math.min(LANES_AT_ONCE, room) - this.#claiming.size;
  }

  /** Whether what is due is not on its way yet. */
  get #isBusy(): boolean {
    return this.#lanesDue > 0 || this.#claiming.size > 0 || this.#sender.sending >= CLAIM_LIMIT;
  }

  #epochIn(lane: number): { lane: number; epoch: number }[] {
    const epoch = this.#held.epochOf(lane);
    return epoch === undefined ? [] : [{ lane, epoch }];
  }

  #workOn(lane: number, claiming: Promise<number>): Promise<number> {
    const work = claiming
      .catch((error) => {
        this.#unsure.add(lane);
        this.#options.onTrouble(error, 'claiming due steps');
        return 0;
      })
      .then((ready) => {
        this.#claiming.delete(lane);
        // There may be more of this lane, or others that waited for a hand; or a limit says how long to wait.
        if (ready > 0 || this.#rationing?.isOn) this.wake();
        return ready;
      });
    this.#claiming.set(lane, work);
    return work;
  }

  /** Claims what is due in a lane, or kept back and may go, and sends it on its way. Answers how many steps were ready. */
  async #claimIn(lane: number, keptBack: readonly string[]): Promise<number> {
    const ration = this.#rationing?.begin(lane, keptBack);
    let heldBack: HeldBackMoves | undefined;
    try {
      const claimed = await this.#claim(lane, ration);
      heldBack = claimed.heldBack ?? { held: [], left: [] };
      return claimed.ready;
    } finally {
      this.#rationing?.claimed(lane, keptBack, heldBack);
    }
  }

  async #claim(lane: number, ration: Ration | undefined): Promise<Pick<Claimed, 'ready' | 'heldBack'>> {
    const epoch = this.#held.epochOf(lane);
    if (epoch === undefined) return { ready: 0 };
    const { db, now, onCounted, onTrouble } = this.#options;
    const at = now();
    const intent = { epoch, mark: this.#endings.mark() };
    await ensureWeeks(db, [at]);
    const options = { epoch, limit: CLAIM_LIMIT, leaseMs: CLAIM_MS, now: at, ration };
    const claimed = await inLane(db, lane, (tx) => claimSteps(tx, lane, options));
    const { claims, confirmations, moved, lost, overdue, ready, heldBack } = claimed;
    if (overdue) this.wakeHeld();
    if (moved.length > 0) onCounted(moved);
    for (const problem of lost) onTrouble(new Error(problem), 'claiming due steps');
    for (const claim of claims) this.#sender.send(claim, intent);
    for (const claim of confirmations) this.#confirmations.send(claim, epoch);
    return { ready, heldBack };
  }

  async #claimConfirmations(lane: number): Promise<number> {
    const epoch = this.#held.epochOf(lane);
    if (epoch === undefined) return 0;
    const options = { epoch, limit: CLAIM_LIMIT, leaseMs: CLAIM_MS, now: this.#options.now() };
    const claims = await inLane(this.#options.db, lane, (tx) => claimConfirmations(tx, lane, options));
    for (const claim of claims) this.#confirmations.send(claim, epoch);
    return claims.length;
  }

  /** Beside the looks: a lane in which somebody writes for long keeps nothing but its own steps from going out. */
  #releaseBeside(): void {
    this.#releasing ??= this.#release()
      .then(() => this.#mayBeReleased, this.#trouble('letting steps go on'))
      .then((isMore) => {
        this.#releasing = undefined;
        if (isMore) this.wake();
      });
  }

  async #release(): Promise<void> {
    const unsure = [...this.#unsure].map((lane) => this.#releaseUnsure(lane));
    await Promise.all([this.#releaseActiveAgain(), ...unsure]);
  }

  async #releaseActiveAgain(): Promise<void> {
    if (!this.#mayBeReleased && performance.now() - this.#lookedForHeld < HELD_EVERY_MS) return;
    this.#lookedForHeld = performance.now();
    this.#mayBeReleased = false;
    const { db } = this.#options;
    try {
      await markResumptions(db, this.#held.lanes());
      for (const lane of await lanesToRelease(db, this.#held.lanes())) {
        const released = await inLane(db, lane, (tx) => releaseHeld(tx, lane, RELEASE_LIMIT));
        if (released === RELEASE_LIMIT) this.#mayBeReleased = true;
        if (released > 0) this.wake();
      }
    } catch (error) {
      this.#mayBeReleased = true;
      throw error;
    }
  }

  /**
   * Makes what a failed claim may have left behind ready again, instead of waiting until it runs out. Nothing is claimed
   * in the lane before that, or it could be taken for what was left behind.
   */
  async #releaseUnsure(lane: number): Promise<void> {
    const epoch = this.#held.epochOf(lane);
    // Not held now, it may be ours again in the same epoch when the database is back.
    if (epoch === undefined || this.#claiming.has(lane)) return;
    await inLane(this.#options.db, lane, (tx) => {
      const here = <M extends { lane: number }>(mails: M[]) => mails.filter((mail) => mail.lane === lane);
      const sending = here(this.#sender.underWay());
      const confirming = here(this.#confirmations.underWay()).map(({ id }) => id);
      return releaseUnsent(tx, lane, { epoch, sending, confirming });
    });
    this.#unsure.delete(lane);
    this.wake();
  }

  async #ended(): Promise<void> {
    await Promise.all([
      ...this.#loops,
      this.#afterTrouble.stop(),
      this.#releasing,
      ...this.#claiming.values(),
    ]);
    await this.#idle();
  }

  async #idle(): Promise<void> {
    await Promise.all([this.#sender.idle(), this.#confirmations.idle()]);
  }

  /** Mails that are claimed and not settled, by the enrollment or confirmation that they are of. */
  #underWay(): { lane: number; id: string }[] {
    const steps = this.#sender.underWay().map(({ lane, enrollment_id: id }) => ({ lane, id }));
    return [...steps, ...this.#confirmations.underWay()];
  }

  #trouble(doing: string): (error: unknown) => void {
    return (error) => this.#options.onTrouble(error, doing);
  }
}
