import type { SendFailure } from './outcome.ts';
import { type OpenResult, openSession, type SmtpSession, type SmtpTimeouts } from './smtp_session.ts';
import type { SmtpServer } from './smtp_url.ts';

export type SmtpPoolOptions = {
  timeouts: SmtpTimeouts;
  /** Milliseconds for which a connection may wait for the next mail. */
  idle: number;
  /** Milliseconds without new connections after a server refused one beside those that are open. */
  pause: number;
};

/**
 * Lends out connections, at most `server.maxConnections` at a time, and keeps them for the next mail. Whoever finds
 * none free waits in line.
 */
export class SmtpPool {
  readonly #server: SmtpServer;
  readonly #options: SmtpPoolOptions;
  readonly #sessions = new Set<SmtpSession>();
  readonly #idle = new Map<SmtpSession, NodeJS.Timeout>();
  readonly #waiting: Array<(result: OpenResult) => void> = [];
  #connecting = 0;
  #pausedUntil = 0;
  #isClosed = false;
  #onEmpty: (() => void) | undefined;

  constructor(server: SmtpServer, options: SmtpPoolOptions) {
    this.#server = server;
    this.#options = options;
  }

  /** A connection of one's own until `release`, or why there is none. */
  acquire(): Promise<OpenResult> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#serve();
    });
  }

  /** Gives a connection back; one that is used up, broken or unwanted is replaced when somebody needs it. */
  release(session: SmtpSession, isReusable: boolean): void {
    const isSpent = session.offered >= this.#server.maxMessages;
    if (isReusable && session.isOpen && !isSpent && !this.#isClosed) this.#keep(session);
    else if (session.isOpen) session.quit();
    this.#serve();
  }

  /** Drops the connections that nobody uses: one of them has turned out to be dead. */
  discardIdle(): void {
    for (const session of [...this.#idle.keys()]) this.#take(session).abort();
  }

  /** Refuses whoever waits, lets mail in flight finish for `grace` milliseconds, and resolves when all is closed. */
  async close(grace: number): Promise<void> {
    this.#isClosed = true;
    this.#refuseAll({ stage: 'connect', cause: 'closed', message: 'Sending has stopped', handedOver: false });
    this.discardIdle();
    const timer = setTimeout(() => {
      for (const session of this.#sessions) session.abort();
    }, grace);
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
      this.#serve();
    });
    clearTimeout(timer);
  }

  /** The one place that decides who gets what: called after everything that changes it. */
  #serve(): void {
    if (this.#isClosed) {
      this.#refuseAll({
        stage: 'connect',
        cause: 'closed',
        message: 'Sending has stopped',
        handedOver: false,
      });
      if (this.#sessions.size + this.#connecting === 0) this.#onEmpty?.();
      return;
    }
    for (const session of [...this.#idle.keys()]) {
      const next = this.#waiting.shift();
      if (!next) return;
      next({ ok: true, session: this.#take(session) });
    }
    while (this.#waiting.length > this.#connecting && this.#mayConnect()) void this.#connect();
  }

  #mayConnect(): boolean {
    const open = this.#sessions.size + this.#connecting;
    return open < this.#server.maxConnections && (open === 0 || Date.now() >= this.#pausedUntil);
  }

  async #connect(): Promise<void> {
    this.#connecting += 1;
    let session: SmtpSession | undefined;
    const result = await openSession(this.#server, this.#options.timeouts, () => {
      if (session) this.#forget(session);
    });
    this.#connecting -= 1;
    if (!result.ok) return this.#onRefused(result.failure);
    session = result.session;
    if (session.isOpen) this.#sessions.add(session);
    this.release(session, true);
  }

  /**
   * A server that serves some of our connections and refuses one more has enough of them: the mail waits for one of
   * those. With none open the server is down, and everybody in line learns it now instead of timing out one by one.
   */
  #onRefused(failure: SendFailure): void {
    this.#pausedUntil = Date.now() + this.#options.pause;
    if (this.#sessions.size + this.#connecting === 0) this.#refuseAll(failure);
    this.#serve();
  }

  #refuseAll(failure: SendFailure): void {
    for (const resolve of this.#waiting.splice(0)) resolve({ ok: false, failure });
  }

  #keep(session: SmtpSession): void {
    const timer = setTimeout(() => this.#take(session).quit(), this.#options.idle);
    timer.unref();
    this.#idle.set(session, timer);
  }

  #take(session: SmtpSession): SmtpSession {
    clearTimeout(this.#idle.get(session));
    this.#idle.delete(session);
    return session;
  }

  #forget(session: SmtpSession): void {
    this.#take(session);
    this.#sessions.delete(session);
    this.#serve();
  }
}
