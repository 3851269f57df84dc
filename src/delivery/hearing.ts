/** Tells how long the database has answered without a break, on a clock in milliseconds that never jumps. */
export class Hearing {
  readonly #longestPause: number;
  #since = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  /** Answers further apart than `longestPause` (ms) have a break between them. */
  constructor(longestPause: number) {
    this.#longestPause = longestPause;
  }

  /** It answered at `at`. */
  heard(at: number): void {
    if (at - this.#last > this.#longestPause) this.#since = at;
    this.#last = at;
  }

  /** It did not answer. */
  missed(): void {
    this.#last = Number.NEGATIVE_INFINITY;
    this.#since = Number.POSITIVE_INFINITY;
  }

  /** For how many milliseconds it has been heard at `at`; less than 0 before the first time. */
  lasts(at: number): number {
    return at - this.#since;
  }
}
