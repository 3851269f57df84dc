import { setTimeout as wait } from 'node:timers/promises';
import type { Db } from '../db/database.ts';
import { storableReply } from '../lib/storable_reply.ts';
import type { Claim } from './claim.ts';
import type { Composer } from './compose.ts';
import type { Endings } from './endings.ts';
import type { Transport } from './send/transport.ts';
import { isClaimStanding } from './settle.sql.ts';
import type { Outcome, Result } from './settle.ts';
import { openSettling } from './settling.ts';

export type SenderOptions = {
  db: Db;
  composer: Composer;
  transport: () => Transport;
  now: () => Date;
  chance: () => number;
  /** How many lanes may settle at once. */
  parallel: number;
  /** Whether a claim made in this epoch of a lane may still be sent. */
  mayStillSend: (lane: number, epoch: number) => boolean;
  /** Where runs have ended since a claim was made: it is asked for anew before its mail leaves. */
  endings: Endings;
  /**
   * Whether another process is heard when it makes something due, or ends runs; by default none is. Meanwhile every claim is
   * asked for anew.
   */
  isTold?: () => boolean;
  /** Hears, after each commit, which sequences' counts moved. */
  onCounted: (sequenceIds: string[]) => void;
  /** Hears that a mail's result is settled: its next step may be due at once. */
  onSettled: () => void;
  onTrouble: (error: unknown, doing: string) => void;
};

/** Under what a mail was claimed: the lane's epoch, and which runs had ended by then (`Endings.mark`). */
export type Intent = { epoch: number; mark: number };

/** A mail that is claimed and whose result is not settled. */
export type UnderWay = {
  lane: number;
  enrollment_id: string;
  step_id: string;
  end: Promise<void>;
  /** What was claimed anew while it hung, by how `send` was called. */
  again?: [claim: Claim, intent: Intent];
};

/** Composes and sends what is claimed, and settles the results. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #settled: (result: Result) => Promise<void>;
  /** By enrollment and step. */
  readonly #underWay = new Map<string, UnderWay>();
  readonly #stopping = new AbortController();
  /** By lane, how many of the mails that `sending` counts. */
  readonly #sendingIn = new Map<number, number>();
  #sending = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#settled = openSettling({ ...options, isSending: (lane) => this.#sendingIn.has(lane) });
  }

  /** How many mails wait for their slot, are being composed, or are with a mail server. */
  get sending(): number {
    return this.#sending;
  }

  /** How many mails are claimed or sent, and not settled. */
  get backlog(): number {
    return this.#underWay.size;
  }

  underWay(): UnderWay[] {
    return [...this.#underWay.values()];
  }

  /** Nobody waits for this: a mail that hangs holds up no other, neither of its lane nor of another. */
  send(claim: Claim, intent: Intent): void {
    const mail = `${claim.enrollment_id} ${claim.step_id}`;
    const before = this.#underWay.get(mail);
    if (before) {
      // Its claim ran out while it hangs here: a second one beside it would be a second mail.
      before.again = [claim, intent];
      return;
    }
    const { lane, enrollment_id, step_id } = claim;
    const end = this.#deliver(claim, intent).then((outcome) => {
      const { again } = underWay;
      this.#underWay.delete(mail);
      // What was not sent after all settles nothing of the later claim, which would wait until it runs out.
      if (again && outcome.kind !== 'accepted') this.send(...again);
      this.#options.onSettled();
      // Whoever waits for the first waits for what follows it.
      return this.#underWay.get(mail)?.end;
    });
    const underWay: UnderWay = { lane, enrollment_id, step_id, end };
    this.#underWay.set(mail, underWay);
  }

  /** From here on no mail is handed to a mail server; those that are with one go on. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Resolves when what is under way now is settled. */
  async idle(): Promise<void> {
    await Promise.all(this.underWay().map(({ end }) => end));
  }

  async #deliver(claim: Claim, intent: Intent): Promise<Outcome> {
    this.#count(claim.lane, 1);
    await this.#turn(claim);
    const outcome = await this.#attempt(claim, intent);
    this.#count(claim.lane, -1);
    await this.#settled({ claim, at: this.#options.now(), outcome });
    return outcome;
  }

  #count(lane: number, by: 1 | -1): void {
    this.#sending += by;
    const sending = (this.#sendingIn.get(lane) ?? 0) + by;
    if (sending > 0) this.#sendingIn.set(lane, sending);
    else this.#sendingIn.delete(lane);
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** Before all else, so that whatever looks at the mail last does so when it is about to leave. */
  async #turn({ not_before = 0 }: Claim): Promise<void> {
    const ms = Math.ceil(not_before - performance.now());
    if (ms > 0) await wait(ms, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }

  async #attempt(claim: Claim, intent: Intent): Promise<Outcome> {
    const { composer, transport, now, onTrouble } = this.#options;
    try {
      const composed = await composer.compose(claim, now());
      if (!composed.ok) return templateFailed(composed.problem);
      // Asked again as the last thing before the mail is out of our hands: it may wait long for a connection.
      const mayGo = () => this.#mayGo(claim, intent);
      if (!(await mayGo())) return { kind: 'abandoned' };
      const sent = await transport().send(composed.mail, mayGo);
      if (sent.outcome === 'withheld') return { kind: 'abandoned' };
      if (this.#isStopping && sent.outcome === 'connection_failed') return { kind: 'abandoned' };
      return sent.kind === 'accepted' ? { ...sent, mail: composed.mail } : sent;
    } catch (error) {
      onTrouble(error, 'sending');
      return { kind: 'temporary', outcome: 'error', reply: 'Something failed on our side; see the log.' };
    }
  }

  /** A promise only where runs may have ended since: then the database says whether this one has. */
  #mayGo(claim: Claim, { epoch, mark }: Intent): boolean | Promise<boolean> {
    const { endings, isTold = () => false } = this.#options;
    if (!this.#isOurs(claim.lane, epoch)) return false;
    return (isTold() && !endings.areSince(mark, claim.lane)) || this.#isStanding(claim, epoch);
  }

  #isOurs(lane: number, epoch: number): boolean {
    return !this.#isStopping && this.#options.mayStillSend(lane, epoch);
  }

  async #isStanding(claim: Claim, epoch: number): Promise<boolean> {
    const { db, endings, onTrouble } = this.#options;
    const mark = endings.mark();
    try {
      const isStanding = await isClaimStanding(db, claim);
      // One may have ended while the answer was on its way.
      if (isStanding && endings.areSince(mark, claim.lane)) return this.#isStanding(claim, epoch);
      return isStanding && this.#isOurs(claim.lane, epoch);
    } catch (error) {
      onTrouble(error, 'asking whether a mail is still wanted');
      return false;
    }
  }
}

function templateFailed(problem: string): Outcome {
  // It may quote what the template made of the contact's data.
  const reply = storableReply(problem);
  return { kind: 'permanent', outcome: 'template_failed', reply, isHardBounce: false };
}
