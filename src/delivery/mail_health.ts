import { unlessAborted } from '../lib/abort.ts';
import { createLoop, type Loop } from '../lib/loop.ts';
import { backAgain, inWords, type MailWay } from './mail_words.ts';
import type { PermanentOutcome, SendOutcome, TemporaryOutcome } from './send/outcome.ts';
import type { SendProblem, Transport } from './send/transport.ts';

/** Why mail does not get out, and since when. */
export type MailTrouble = SendProblem & { since: Date };

export type MailHealthOptions = {
  /** For sentences; null where mail is captured. */
  way: MailWay | null;
  now: () => Date;
  /** How many mails failed and wait for their next try. */
  waiting: () => Promise<number>;
  /** Notes that mail has left by SMTP: called once, at the first one that this process sees accepted. */
  onFirstSent: () => Promise<void>;
  say: { warn: (line: string) => void; info: (line: string) => void };
  onTrouble: (error: unknown) => void;
};

// As often the connection is tried anew, and its trouble said again. A wrong password that is offered more often can get
// an address banned.
const CHECK_MS = 5 * 60_000;
// A server that fails every other mail is in trouble again and again: once a minute is enough to hear of it.
const QUIET_MS = 60_000;
// Shorter trouble ends before mail that met it is due again, and may have been that of a few mails among many.
const LASTING_MS = 5 * 60_000;
/** So many failures in a row that may each be one mail's own are the server's. */
export const UNCLEAR_IN_ROW = 3;

type Known = MailTrouble & {
  isSaid: boolean;
  /** A check has seen it too, so a check can see its end. What only mail meets, such as a refused sender, only mail ends. */
  isSeenByCheck: boolean;
};

/**
 * Whether mail gets out, told from what came of each mail and of checks of the connection: by one warning when it no
 * longer does, one every few minutes while that lasts, and one line when it does again.
 */
export class MailHealth {
  /** Sends as the transport given, and is listened to. */
  readonly transport: Transport;
  readonly #given: Transport;
  readonly #options: MailHealthOptions;
  readonly #checks: Loop;
  readonly #stopping = new AbortController();
  #hear: () => void = () => {};
  #known: Known | null = null;
  #isChecked = false;
  #hasSent = false;
  #unclearInRow = 0;
  #spell = 0;
  #saidAt = Number.NEGATIVE_INFINITY;

  constructor(transport: Transport, options: MailHealthOptions) {
    this.#given = transport;
    this.#options = options;
    this.transport = { ...transport, send: (...mail) => this.#send(...mail) };
    this.#checks = createLoop({
      everyMs: CHECK_MS,
      work: () => this.check(),
      onTrouble: (error) => {
        if (!this.#stopping.signal.aborted) options.onTrouble(error);
      },
    });
  }

  /** Null while mail gets out, as far as anybody knows. */
  get trouble(): MailTrouble | null {
    if (!this.#known) return null;
    const { since, outcome, reply } = this.#known;
    return { since, outcome, reply };
  }

  /**
   * Which spell of good health this is, from 1: one begins with the first sign of it, and after trouble that lasted. Null
   * before that, and while there is trouble.
   */
  get spell(): number | null {
    return this.#known || this.#spell === 0 ? null : this.#spell;
  }

  /** Has `hear` called whenever trouble begins, changes its kind, or ends. */
  onChange(hear: () => void): void {
    this.#hear = hear;
  }

  /** Checks the connection now, and every few minutes while there is trouble. */
  start(): void {
    this.#checks.start();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#checks.stop();
  }

  /** One turn of the checks: the first always asks the server, a later one only while there is trouble. */
  async check(): Promise<void> {
    if (this.#isChecked && !this.#known) return;
    this.#isChecked = true;
    const verified = await unlessAborted(this.#stopping.signal, this.#given.verify());
    if (!verified.ok) this.#fail(verified.problem, true);
    else if (!this.#known || this.#known.isSeenByCheck) this.#recover();
    const { now } = this.#options;
    if (this.#known && now().getTime() - this.#saidAt >= QUIET_MS) this.#warn(await this.#waiting());
  }

  async #send(...mail: Parameters<Transport['send']>): Promise<SendOutcome> {
    const outcome = await this.#given.send(...mail);
    // What breaks off because we stop is no trouble of the server's.
    if (!this.#stopping.signal.aborted) this.#hearOf(outcome);
    return outcome;
  }

  #hearOf(outcome: SendOutcome): void {
    if (outcome.kind === 'accepted') return this.#succeed(outcome.via);
    const concern = CONCERNS[outcome.outcome];
    if (concern === 'nobody') return;
    this.#unclearInRow = concern === 'unclear' ? this.#unclearInRow + 1 : 0;
    // Whoever says that a mailbox is full can be reached.
    if (concern === 'recipient' && this.#known?.isSeenByCheck) this.#recover();
    const isUnproven = !this.#hasSent || this.#known !== null || this.#unclearInRow >= UNCLEAR_IN_ROW;
    if (concern === 'server' || (concern === 'unclear' && isUnproven)) this.#fail(outcome, false);
  }

  #succeed(via: Transport['via']): void {
    this.#unclearInRow = 0;
    if (!this.#hasSent && via === 'smtp') void this.#options.onFirstSent().catch(this.#options.onTrouble);
    this.#hasSent = true;
    this.#recover();
  }

  #fail({ outcome, reply }: SendProblem, isCheck: boolean): void {
    const before = this.#known;
    const at = this.#options.now();
    this.#known = {
      since: before?.since ?? at,
      outcome,
      reply,
      isSaid: before?.isSaid ?? false,
      isSeenByCheck: isCheck || (before?.isSeenByCheck ?? false),
    };
    if (before?.outcome !== outcome) this.#hear();
    if (!before && at.getTime() - this.#saidAt >= QUIET_MS) this.#warn(0);
  }

  #recover(): void {
    const before = this.#known;
    const lastedMs = before ? this.#options.now().getTime() - before.since.getTime() : 0;
    if (this.#spell === 0 || before?.isSeenByCheck || lastedMs >= LASTING_MS) this.#spell += 1;
    if (!before) return;
    this.#known = null;
    this.#hear();
    if (before.isSaid)
      void this.#waiting().then((waiting) => this.#options.say.info(backAgain(lastedMs, waiting)));
  }

  #warn(waiting: number): void {
    const { way, now, say } = this.#options;
    if (!this.#known || !way) return;
    this.#saidAt = now().getTime();
    this.#known.isSaid = true;
    say.warn(inWords(this.#known, way, waiting));
  }

  /** None where nobody can tell, as while the database is away. */
  #waiting(): Promise<number> {
    return this.#options.waiting().catch(() => 0);
  }
}

/**
 * Whose fault a failure is: the server's or our way to it; the recipient's alone; one of the two, of which only more
 * mails tell; or nobody's.
 */
const CONCERNS: Record<TemporaryOutcome | PermanentOutcome, 'server' | 'recipient' | 'unclear' | 'nobody'> = {
  withheld: 'nobody',
  authentication_failed: 'server',
  tls_failed: 'server',
  connection_failed: 'server',
  timeout: 'server',
  protocol_error: 'server',
  rate_limited: 'server',
  sender_rejected: 'server',
  relay_denied: 'server',
  client_rejected: 'server',
  unknown_after_data: 'unclear',
  deferred: 'unclear',
  rejected: 'unclear',
  content_rejected: 'unclear',
  greylisted: 'recipient',
  mailbox_full: 'recipient',
  mailbox_unknown: 'recipient',
  mailbox_disabled: 'recipient',
  domain_unknown: 'recipient',
  address_invalid: 'recipient',
  message_too_large: 'recipient',
};
