/** Wakes one waiter; given while nobody waits, it is kept for the next. */
export class Signal {
  #isGiven = false;
  #wake: () => void = () => {};

  give(): void {
    this.#isGiven = true;
    this.#wake();
  }

  /** Resolves when it is given, or was since the last time, or after `ms` milliseconds. */
  async take(ms: number): Promise<void> {
    if (!this.#isGiven) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = setTimeout(resolve, ms);
      await promise;
      clearTimeout(timer);
    }
    this.#isGiven = false;
  }
}
