import type { Db } from '../db/database.ts';
import { inLane } from '../db/lanes.ts';
import { createLoop, type Loop } from '../lib/loop.ts';
import type { TemporaryOutcome } from './send/outcome.ts';
import { bringForward, waitingFor } from './waiting.sql.ts';

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

/** How far a lane has come: what is left of those that are known, and the one behind which others may be. */
type Way = { epoch: number; ids: string[]; after: string | null };

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
// Known at once of one lane.
const PAGE = 5_000;

/**
 * Has mail that waits because of the mail server tried again soon when the server is well again, once in each lane and
 * spell. Otherwise it would wait for its next try, up to twelve hours, beside a server that takes everything else.
 */
export function openAfterTrouble(options: AfterTroubleOptions): Loop {
  const { db, now, spell, lanes, isBusy, onBrought, onTrouble } = options;
  // By lane. Each mail has one turn in a spell: what fails again, alone among many that do not, would use its tries up.
  const ways = new Map<number, Way>();
  let present: number | null = null;
  let limit = FIRST;

  async function work(): Promise<void> {
    const found = spell();
    if (found === null || found !== present) limit = FIRST;
    if (found === null) return;
    if (found !== present) ways.clear();
    present = found;
    const left = lanes().filter(({ lane, epoch }) => !isDone(ways.get(lane), epoch));
    if (left.length === 0 || isBusy()) return;
    for (const { lane, epoch } of left) {
      // Those before may have shown that it is not well after all.
      if (spell() !== present) return;
      await goOn(lane, await wayIn(lane, epoch));
    }
    limit = Math.min(2 * limit, MOST);
  }

  async function wayIn(lane: number, epoch: number): Promise<Way> {
    const known = ways.get(lane);
    const way = known?.epoch === epoch ? known : { epoch, ids: [], after: BEFORE_ALL };
    const { ids, after } = way;
    if (ids.length > 0 || after === null) return way;
    const next = await waitingFor(db, lane, { now: now(), outcomes: OF_SERVER, after, limit: PAGE });
    return { epoch, ids: next, after: next.length < PAGE ? null : (next.at(-1) ?? null) };
  }

  async function goOn(lane: number, way: Way): Promise<void> {
    const some = way.ids.slice(0, limit);
    if (some.length > 0) {
      const wanted = { now: now(), outcomes: OF_SERVER };
      await inLane(db, lane, (tx) => bringForward(tx, lane, some, wanted));
      onBrought();
    }
    ways.set(lane, { ...way, ids: way.ids.slice(limit) });
  }

  return createLoop({ everyMs: EVERY_MS, work, onTrouble });
}

function isDone(way: Way | undefined, epoch: number): boolean {
  return way !== undefined && way.epoch === epoch && way.ids.length === 0 && way.after === null;
}
