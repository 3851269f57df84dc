import type { RenderedMail } from '../render/render.ts';
import type { SendOutcome } from './outcome.ts';

/** What carries mail away. One per process; both kinds are safe to call many times at once. */
export type Transport = {
  readonly via: 'smtp' | 'captured';
  /** Never rejects for anything that a server or a network does: that is an outcome. */
  send(mail: RenderedMail): Promise<SendOutcome>;
  /** Connects and signs in without sending anything. `problem` is a sentence for an administrator. */
  verify(): Promise<{ ok: true } | { ok: false; problem: string }>;
  /** Lets mail in flight finish and refuses new mail; resolves when nothing is open any more. */
  close(): Promise<void>;
};
