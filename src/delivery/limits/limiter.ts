import type { Db } from '../../db/database.ts';
import { type Batches, batches } from '../../lib/batches.ts';
import { isLimit, type Limit, type Limits, limitOf, NO_LIMITS, readLimits } from './limits.ts';
import { insertKeys, type KeyLimit, OVERALL, reserveSlots, type SlotRow } from './slots.sql.ts';

/** When a mail may leave, or why not yet. */
export type Slot =
  /** By the database's clock, and by `performance.now()`. */
  | { outcome: 'granted'; at: Date | null; not_before: number }
  /** By the limit of all mail (OVERALL) or of a domain; nothing of it is free for so many ms. */
  | { outcome: 'refused'; by: string; full_ms: number };

const AT_ONCE: Slot = { outcome: 'granted', at: null, not_before: 0 };
const MAILS_A_TIME = 500;
// Changes are announced; this is the net under it.
const READ_EVERY_MS = 30_000;
// A limit of all mail that refused some within this time is in force: whoever is asked first would get all there is.
const TIGHT_MS = 1_000;
// So many mails are under way at least, or as many as the limit lets go in two seconds: a server that stood still
// and goes on gets no more than that at once.
const LEAST_UNDER_WAY = 10;
const SECONDS_UNDER_WAY = 2;

/**
 * The limits of sending as one process keeps them: what they are, and what it knows to be used up. What they let go is
 * decided in the database, for all processes together.
 */
export class Limiter {
  readonly #db: Db;
  readonly #slots: Db;
  readonly #asked: Batches<string, Slot>;
  /** By key, when to ask again. */
  readonly #fullUntil = new Map<string, number>();
  #limits: Limits = NO_LIMITS;
  #isOn = false;
  #readAt = Number.NEGATIVE_INFINITY;
  /** How often a change was announced. */
  #changes = 0;
  #refusedAt = Number.NEGATIVE_INFINITY;

  /** `slots` is for reservations alone, or has connections enough: claims wait for it in the middle of a transaction. */
  constructor({ db, slots }: { db: Db; slots: Db }) {
    this.#db = db;
    this.#slots = slots;
    this.#asked = batches<string, Slot>({
      run: (_key, domains) => this.#reserveAll(domains),
      size: MAILS_A_TIME,
      parallel: 1,
      // It may have been counted, and whoever asked tries again anyway.
      mayRunAgain: () => false,
    });
  }

  /** Reads the limits where that was long ago, or they have changed. Throws what the database does. */
  async learn(): Promise<void> {
    const at = performance.now();
    if (at - this.#readAt < READ_EVERY_MS) return;
    const changes = this.#changes;
    const limits = await readLimits(this.#db);
    const { overall, each_domain, domains } = limits;
    this.#isOn = [overall, each_domain, ...Object.values(domains)].some(isLimit);
    const isSame = JSON.stringify(limits) === JSON.stringify(this.#limits);
    for (const [key, until] of this.#fullUntil) if (!isSame || until <= at) this.#fullUntil.delete(key);
    if (!isSame) this.#limits = limits;
    // What was announced in the midst of reading may have been read before.
    if (changes === this.#changes) this.#readAt = at;
  }

  /** Has the limits read anew at the next look. */
  forget(): void {
    this.#changes += 1;
    this.#readAt = Number.NEGATIVE_INFINITY;
  }

  /** Whether anything is limited. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Whether the limit of all mail has kept something back a moment ago. */
  get isTight(): boolean {
    return performance.now() - this.#refusedAt < TIGHT_MS;
  }

  /** How many mails may be under way in this process. */
  get mostUnderWay(): number {
    const { per_second } = this.#limits.overall;
    if (per_second === null) return Number.POSITIVE_INFINITY;
    return Math.max(LEAST_UNDER_WAY, Math.ceil(per_second * SECONDS_UNDER_WAY));
  }

  isLimited(domain: string): boolean {
    return isLimit(limitOf(this.#limits, domain));
  }

  /** In how many ms the limit of this key may have something free; 0 where nothing is known against it. */
  fullFor(key: string = OVERALL): number {
    return Math.max(0, (this.#fullUntil.get(key) ?? 0) - performance.now());
  }

  /** Slots for mails to these domains, in the order given. Asks the database once for what is asked together. */
  async reserve(domains: string[]): Promise<Slot[]> {
    if (!isLimit(this.#limits.overall) && !domains.some((domain) => this.isLimited(domain)))
      return domains.map(() => AT_ONCE);
    const limits = this.#limits;
    const slots = await this.#asked.submit(0, domains);
    // Limits that have been changed meanwhile may have it free at once.
    if (limits === this.#limits) this.#noteRefused(slots);
    return slots;
  }

  #noteRefused(slots: Slot[]): void {
    const at = performance.now();
    for (const slot of slots) {
      if (slot.outcome === 'granted') continue;
      this.#fullUntil.set(slot.by, at + slot.full_ms);
      if (slot.by === OVERALL) this.#refusedAt = at;
    }
  }

  async #reserveAll(domains: string[]): Promise<Slot[]> {
    const keys = this.#keysOf(domains);
    if (keys.length === 0) return domains.map(() => AT_ONCE);
    let rows = await reserveSlots(this.#slots, domains, keys);
    // The first mail of a domain, or the first in days.
    while (rows[0]?.is_missing) {
      await insertKeys(
        this.#slots,
        keys.map(({ key }) => key),
      );
      rows = await reserveSlots(this.#slots, domains, keys);
    }
    const answeredAt = performance.now();
    return rows.map((row) => slotOf(row, answeredAt));
  }

  #keysOf(domains: string[]): KeyLimit[] {
    const named = [...new Set(domains)].map((key) => ({ key, limit: limitOf(this.#limits, key) }));
    const all: { key: string; limit: Limit }[] = [{ key: OVERALL, limit: this.#limits.overall }, ...named];
    return all.filter(({ limit }) => isLimit(limit)).map(({ key, limit }) => ({ key, ...limit }));
  }
}

function slotOf({ at, wait_ms, refused_by, full_ms }: SlotRow, answeredAt: number): Slot {
  if (refused_by !== null) return { outcome: 'refused', by: refused_by, full_ms };
  return { outcome: 'granted', at, not_before: answeredAt + (wait_ms ?? 0) };
}
