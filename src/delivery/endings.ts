/**
 * Where runs have ended (or sequences were paused) while mail is on its way that was claimed before: such a mail is
 * asked about once more before it leaves. All others go without: to ask for each of them would hold a connection to the mail
 * server meanwhile.
 */
export class Endings {
  #count = 0;
  #everywhere = 0;
  readonly #last = new Map<number, number>();

  /** What to compare with later: taken before a claim, it has nothing in it that the claim does not see. */
  mark(): number {
    return this.#count;
  }

  /** Runs of these lanes have ended, or (null) may have in any. Call it after the commit. */
  note(lanes: number[] | null): void {
    this.#count += 1;
    if (lanes === null) this.#everywhere = this.#count;
    else for (const lane of lanes) this.#last.set(lane, this.#count);
  }

  /** Whether any of `lane` may have ended since `mark`. */
  areSince(mark: number, lane: number): boolean {
    return Math.max(this.#last.get(lane) ?? 0, this.#everywhere) > mark;
  }
}
