import type { Db } from '../../db/database.ts';
import { getOrMake } from '../../lib/get_or_make.ts';
import { heldBackDomains } from './held_back.sql.ts';
import type { Limiter } from './limiter.ts';
import type { HeldBackMoves, Ration } from './ration.ts';

/** Where mail of one domain is held back: the lanes, the one asked longest ago first. */
type HeldBack = { lanes: Set<number>; isAsked: boolean };

// As many, so that what one claim takes stays small.
const DOMAINS_A_CLAIM = 10;

/**
 * Which of a worker's lanes hold mail back for which domains, and whose turn it is to ask whether some may go. Only who
 * holds a lane holds mail back in it, so what was read once, when the lane was taken up, stays true by what is told here.
 */
export class Rationing {
  readonly #db: Db;
  readonly #limiter: Limiter;
  /** By lane, the epoch for which is known what it holds back. */
  readonly #known = new Map<number, number>();
  readonly #domains = new Map<string, HeldBack>();

  constructor({ db, limiter }: { db: Db; limiter: Limiter }) {
    this.#db = db;
    this.#limiter = limiter;
  }

  /** Brings what is known of limits, and of these lanes (all that are held, with their epochs), up to date. */
  async learn(lanes: ReadonlyMap<number, number>): Promise<void> {
    await this.#limiter.learn();
    for (const [lane, epoch] of this.#known) if (lanes.get(lane) !== epoch) this.forget(lane);
    const unknown = [...lanes].filter(([lane]) => !this.#known.has(lane));
    if (unknown.length === 0) return;
    const found = await heldBackDomains(
      this.#db,
      unknown.map(([lane]) => lane),
    );
    for (const { lane, domain } of found) this.#domain(domain).lanes.add(lane);
    for (const [lane, epoch] of unknown) this.#known.set(lane, epoch);
  }

  /** Has the lane read anew: it is lost, or a claim in it failed, perhaps after its commit. */
  forget(lane: number): void {
    this.#known.delete(lane);
    for (const [domain, { lanes }] of this.#domains) if (lanes.delete(lane)) this.#dropEmpty(domain);
  }

  /** Whether anything is limited, as far as is known here. */
  get isOn(): boolean {
    return this.#limiter.isOn;
  }

  /** In how many ms something may go that limits keep back now. Infinite where they keep nothing back. */
  pauseMs(): number {
    const overall = this.#limiter.fullFor();
    if (overall > 0) return overall;
    let least = Number.POSITIVE_INFINITY;
    for (const domain of this.#domains.keys()) {
      const ms = this.#limiter.fullFor(domain);
      // What is free already waits for a hand, and whoever has one says when it is.
      if (ms > 0 && ms < least) least = ms;
    }
    return least;
  }

  /** In how many lanes claims may be made at once, with so many mails under way. */
  lanesAtOnce(underWay: number): number {
    if (this.#limiter.fullFor() > 0 || underWay >= this.#limiter.mostUnderWay) return 0;
    // One after the other, or the first of each round would get all there is, and be the first again next time.
    return this.#limiter.isTight ? 1 : Number.POSITIVE_INFINITY;
  }

  /** The lanes, of these, in which to ask for held back mail now, with its domains; one lane a domain. */
  due(lanes: readonly number[]): Map<number, string[]> {
    const due = new Map<number, string[]>();
    if (this.#domains.size === 0) return due;
    const free = new Set(lanes);
    for (const [domain, { lanes, isAsked }] of this.#domains) {
      if (isAsked || this.#limiter.fullFor(domain) > 0) continue;
      const lane = [...lanes].find(
        (lane) => free.has(lane) && (due.get(lane)?.length ?? 0) < DOMAINS_A_CLAIM,
      );
      if (lane !== undefined) getOrMake(due, lane, () => []).push(domain);
    }
    return due;
  }

  /** What a claim in this lane has to keep to, which asks for what is held back of these domains. Then call `claimed`. */
  begin(lane: number, domains: readonly string[]): Ration | undefined {
    for (const domain of domains) this.#domain(domain).isAsked = true;
    if (domains.length === 0 && !this.#limiter.isOn) return undefined;
    const mustWait = (domain: string) =>
      this.#limiter.isLimited(domain) &&
      (this.#limiter.fullFor(domain) > 0 ||
        (!domains.includes(domain) && (this.#domains.get(domain)?.lanes.has(lane) ?? false)));
    return { domains, mustWait, reserve: (to) => this.#limiter.reserve(to) };
  }

  /** What the claim has done, once it is committed; undefined where it failed. */
  claimed(lane: number, domains: readonly string[], moves: HeldBackMoves | undefined): void {
    for (const domain of domains) {
      const heldBack = this.#domain(domain);
      heldBack.isAsked = false;
      heldBack.lanes.delete(lane);
    }
    for (const domain of moves ? [...moves.held, ...moves.left] : []) this.#domain(domain).lanes.add(lane);
    for (const domain of domains) this.#dropEmpty(domain);
    if (!moves) this.forget(lane);
  }

  #domain(domain: string): HeldBack {
    return getOrMake(this.#domains, domain, () => ({ lanes: new Set(), isAsked: false }));
  }

  #dropEmpty(domain: string): void {
    const heldBack = this.#domains.get(domain);
    if (heldBack && heldBack.lanes.size === 0 && !heldBack.isAsked) this.#domains.delete(domain);
  }
}
