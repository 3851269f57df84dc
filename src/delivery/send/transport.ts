import type { RenderedMail } from '../render/render.ts';
import type { PermanentOutcome, SendOutcome, TemporaryOutcome } from './outcome.ts';

/** Why something was not sent; `reply` is the server's own words, or the error's where it said nothing. */
export type SendProblem = { outcome: TemporaryOutcome | PermanentOutcome; reply: string };

/** Whether a mail may leave, asked at the last moment; a promise where the answer is not known here. */
export type MayStillSend = () => boolean | Promise<boolean>;

/** What carries mail away. One per process; both kinds are safe to call many times at once. */
export type Transport = {
  readonly via: 'smtp' | 'captured';
  /**
   * Never rejects for anything that a server or a network does: that is an outcome. `mayStillSend` is asked right before
   * the mail is handed over, which may be long after the call, when a connection is free; where it says no, the mail is
   * `withheld`.
   */
  send(mail: RenderedMail, mayStillSend?: MayStillSend): Promise<SendOutcome>;
  /** Connects and signs in without sending anything. Whether the server takes this sender only a mail can tell. */
  verify(): Promise<{ ok: true } | { ok: false; problem: SendProblem }>;
  /** Lets mail in flight finish and refuses new mail; resolves when nothing is open any more. */
  close(): Promise<void>;
};
