import type { Db } from '../db/database.ts';
import { inLane } from '../db/lanes.ts';
import { createLoop, type Loop } from '../lib/loop.ts';
import type { TemporaryOutcome } from './send/outcome.ts';
import { bringForward } from './waiting.sql.ts';

export type AfterTroubleOptions = {
  db: Db;
  now: () => Date;
  /** Which spell of the mail server's good health this is (see `MailHealth`); null while mail does not get out. */
  spell: () => number | null;
  /** The lanes whose mail is this process's to send, each with its epoch. */
  lanes: () => { lane: number; epoch: number }[];
  /** Whether mail that is due already still waits for its turn. */
  isBusy: () => boolean;
  /** Hears that something has become due. */
  onBrought: () => void;
  onTrouble: (error: unknown) => void;
};

const EVERY_MS = 1_000;
// In each lane and turn. The first few tell whether the server is well, and a server that has just come back is not
// asked to take in a minute what it missed in a day.
const FIRST = 1;
const MOST = 64;

/**
 * The failures that are the server's, or of our way to it, for as long as they last: mail that met them is likely to get
 * out once they are over. `rate_limited` is none of these, since it asks for just the patience that mail has anyway.
 */
const OF_SERVER: readonly TemporaryOutcome[] = [
  'authentication_failed',
  'client_rejected',
  'connection_failed',
  'protocol_error',
  'relay_denied',
  'sender_rejected',
  'timeout',
  'tls_failed',
];

/**
 * Has mail that waits because of the mail server tried again soon when the server is well again, once in each lane and
 * spell. Otherwise it would wait for its next try, up to twelve hours, beside a server that takes everything else.
 */
export function openAfterTrouble(options: AfterTroubleOptions): Loop {
  const { db, now, spell, lanes, isBusy, onBrought, onTrouble } = options;
  // By lane: the spell and epoch in which nothing is left to bring forward.
  const done = new Map<number, string>();
  let present: number | null = null;
  let limit = FIRST;

  async function work(): Promise<void> {
    if (spell() !== present) limit = FIRST;
    present = spell();
    if (present === null) return;
    const left = lanes().filter(({ lane, epoch }) => done.get(lane) !== `${present} ${epoch}`);
    if (left.length === 0 || isBusy()) return;
    for (const { lane, epoch } of left) {
      if (spell() !== present) return;
      const options = { now: now(), limit, outcomes: OF_SERVER };
      const brought = await inLane(db, lane, (tx) => bringForward(tx, lane, options));
      if (brought < limit) done.set(lane, `${present} ${epoch}`);
      if (brought > 0) onBrought();
    }
    limit = Math.min(2 * limit, MOST);
  }

  return createLoop({ everyMs: EVERY_MS, work, onTrouble });
}
