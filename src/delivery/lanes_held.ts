import type { Db } from '../db/database.ts';
import { inLane } from '../db/lanes.ts';
import { type Batches, batches } from '../lib/batches.ts';
import { newId } from '../lib/uuid.ts';
import { Hearing } from './hearing.ts';
import {
  type Attendance,
  type Lease,
  leave,
  type Report,
  releaseAllLeases,
  releaseClaims,
  releaseLeases,
  renewLeases,
  takeLanes,
} from './lease.sql.ts';

/** How long a lane stays with a worker that is not heard of any more, unless `leaseMs` says otherwise. */
export const LEASE_MS = 15_000;
/** How often leases of so many milliseconds are renewed. */
export const renewMs = (leaseMs: number): number => leaseMs / 3;
// A send begun this short before the lease ends may be under way when somebody else has the lane.
const marginMs = (leaseMs: number) => Math.min(1_000, leaseMs / 5);
// Longer than between two renewals; shorter than the database must be away for leases to run out, since the owner's
// last renewal was at most a third of the lease before, which left two thirds.
const longestPauseMs = (leaseMs: number) => leaseMs / 2;
// Lanes that are taken up at once. More would keep those that write waiting for a connection.
const TAKE_UPS_AT_ONCE = 4;

export type HoldingOptions = {
  /** Where lanes are written to. */
  db: Db;
  /** Where leases are renewed: on a connection that nobody else keeps waiting. */
  leases: Db;
  /** Whether something claimed in the lane is not settled: then it is not given to another worker. */
  isAtWork?: (lane: number) => boolean;
  /** How long a lease lasts, in milliseconds: the same for all workers of a database. `LEASE_MS` by default. */
  leaseMs?: number;
  /** Milliseconds on a clock that never jumps; the process's own by default. */
  leaseClock?: () => number;
  /** What others are to know of this worker's mail; without, that nothing is wrong with it. */
  report?: () => Report;
  /** Hears that a lane is held which was not before. Whoever had it may have died before saying what it did. */
  onTakenUp?: () => void;
  onTrouble: (error: unknown, doing: string) => void;
};

/**
 * The lanes that one worker sends for: its share of them, as many as any other worker has. Leases live by the database's clock; here they are counted from before the
 * renewal was asked for on a clock that never jumps, so that this side always gives up first.
 */
export class LanesHeld {
  readonly #owner = newId();
  readonly #options: HoldingOptions;
  readonly #clock: () => number;
  readonly #leaseMs: number;
  readonly #hearing: Hearing;
  /** By lane, the epoch in which it is ours. */
  #leased = new Map<number, number>();
  /** Of those, the lanes in which nothing claimed before is left. */
  readonly #takenUp = new Map<number, number>();
  readonly #takingUp = new Set<number>();
  /** Of those leased, the ones that go to another worker as soon as nothing in them is under way. */
  readonly #leaving = new Set<number>();
  readonly #takeUps: Batches<number, undefined>;
  #renewedAt = Number.NEGATIVE_INFINITY;
  #isReleased = false;

  constructor(options: HoldingOptions) {
    this.#options = options;
    this.#clock = options.leaseClock ?? (() => performance.now());
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
    this.#hearing = new Hearing(longestPauseMs(this.#leaseMs));
    const run = (lane: number, epochs: number[]) => this.#releaseClaims(lane, epochs);
    this.#takeUps = batches({ run, size: 1, parallel: TAKE_UPS_AT_ONCE });
  }

  /**
   * Renews the leases, and takes free lanes or gives some back, to have its share; nothing any more once all were given
   * back. Does not wait until the lanes are taken up: a writer may be long in one of them, and the leases of all the
   * others would run out meanwhile.
   */
  async renew(): Promise<void> {
    if (this.#isReleased) return;
    const at = this.#clock();
    try {
      const { workers, lanes, leases } = await this.#renew();
      this.#isRenewed(at, leases);
      if (this.#isReleased) return;
      await this.#haveShare(Math.ceil(lanes / workers));
    } catch (error) {
      this.#hearing.missed();
      throw error;
    }
    this.#takeUp();
  }

  /** Has the others know what this worker has to report, ahead of the next renewal. */
  async report(): Promise<void> {
    if (!this.#isReleased) await this.#renew();
  }

  /** The lanes in which steps may be claimed now. In no order. */
  lanes(): number[] {
    return this.#isLive() ? [...this.#takenUp.keys()].filter((lane) => !this.#leaving.has(lane)) : [];
  }

  /** The epoch in which the lane is held; undefined where it is not, or its lease is about to end. */
  epochOf(lane: number): number | undefined {
    return this.#isLive() ? this.#takenUp.get(lane) : undefined;
  }

  /** Resolves when every lane is taken up that was begun with, or it has failed and is tried again at a renewal. */
  idle(): Promise<void> {
    return this.#takeUps.idle();
  }

  /** Gives all lanes back but `keep`, whose leases run out by themselves. */
  async release(keep: number[]): Promise<void> {
    this.#isReleased = true;
    this.#leased.clear();
    this.#takenUp.clear();
    const { leases } = this.#options;
    await Promise.all([releaseAllLeases(leases, this.#owner, keep), leave(leases, this.#owner)]);
  }

  #renew(): Promise<Attendance> {
    const { leases, report = () => ({ trouble: null }) } = this.#options;
    return renewLeases(leases, this.#owner, this.#leaseMs, report());
  }

  async #haveShare(share: number): Promise<void> {
    const { leases } = this.#options;
    const missing = share - this.#leased.size;
    const given = this.#giveUp(-missing);
    if (given.length > 0) await releaseLeases(leases, this.#owner, given);
    if (missing <= 0) return;
    const wanted = { leaseMs: this.#leaseMs, lapsed: this.#mayTakeOver(), limit: missing };
    const taken = await takeLanes(leases, this.#owner, wanted);
    for (const { lane, epoch } of taken) this.#leased.set(lane, epoch);
  }

  /**
   * Gives so many lanes up, such in which nothing is under way, and answers them. Where those are too few, nothing more
   * is begun in as many others until the next renewal, and in yet others after it: a mail that hangs for long holds up
   * nobody else in its lane.
   */
  #giveUp(surplus: number): number[] {
    const { isAtWork = () => false } = this.#options;
    const isBusy = (lane: number) => isAtWork(lane) || this.#takingUp.has(lane);
    const idle = [...this.#leased.keys()].filter((lane) => !isBusy(lane)).slice(0, Math.max(0, surplus));
    for (const lane of idle) this.#forget(lane);
    const others = [...this.#leased.keys()].filter((lane) => !this.#leaving.has(lane));
    this.#leaving.clear();
    for (const lane of others.slice(0, Math.max(0, surplus - idle.length))) this.#leaving.add(lane);
    return idle;
  }

  #forget(lane: number): void {
    this.#leased.delete(lane);
    this.#takenUp.delete(lane);
    this.#leaving.delete(lane);
  }

  #isLive(): boolean {
    return this.#clock() < this.#renewedAt + this.#leaseMs - marginMs(this.#leaseMs);
  }

  #isRenewed(at: number, leases: Lease[]): void {
    this.#hearing.heard(this.#clock());
    this.#renewedAt = at;
    this.#leased = new Map(leases.map(({ lane, epoch }) => [lane, epoch]));
    for (const lane of this.#takenUp.keys()) if (!this.#leased.has(lane)) this.#takenUp.delete(lane);
  }

  /**
   * Leases that ran out while the database was away say nothing about their owners. They renew them when it is back
   * and write down first what they have sent; so whoever has not heard it for a full lease waits. A process that
   * starts is one of those: as like as not it starts since the database is back.
   */
  #mayTakeOver(): boolean {
    return this.#hearing.lasts(this.#clock()) >= this.#leaseMs;
  }

  // By what was taken up here and not by what was taken just now: a lane whose claims could not be released then is
  // tried again, and not worked on before.
  #takeUp(): void {
    if (this.#isReleased) return;
    for (const [lane, epoch] of this.#leased) {
      if (this.#takenUp.get(lane) === epoch || this.#takingUp.has(lane)) continue;
      this.#takingUp.add(lane);
      this.#takeUps
        .submit(lane, [epoch])
        .catch((error) => this.#options.onTrouble(error, 'taking over a lane'))
        .finally(() => this.#takingUp.delete(lane));
    }
  }

  async #releaseClaims(lane: number, [epoch]: number[]): Promise<undefined[]> {
    if (epoch === undefined || this.#leased.get(lane) !== epoch) return [];
    await inLane(this.#options.db, lane, (tx) => releaseClaims(tx, lane, epoch));
    // It may have been lost again, or given back, meanwhile.
    if (this.#leased.get(lane) !== epoch) return [];
    this.#takenUp.set(lane, epoch);
    this.#options.onTakenUp?.();
    return [];
  }
}
