import type { Db } from '../db/database.ts';
import { inLane } from '../db/lanes.ts';
import { type Lease, releaseClaims, releaseLeases, renewLeases } from './lease.sql.ts';

/** How long a lane stays with a worker that is not heard of any more. */
export const LEASE_MS = 15_000;
export const RENEW_MS = LEASE_MS / 3;
// A send begun this short before the lease ends may be under way when somebody else has the lane.
const MARGIN_MS = 1_000;

/** The lanes that one worker sends for. */
export type LanesHeld = {
  /** Renews the leases and takes free lanes; nothing any more once they were given back. */
  renew(): Promise<void>;
  lanes(): number[];
  /** The epoch in which the lane is held; undefined where it is not, or its lease is about to end. */
  epochOf(lane: number): number | undefined;
  /** Gives all lanes back but `keep`, whose leases run out by themselves. */
  release(keep: number[]): Promise<void>;
};

export type HoldingOptions = {
  /** Milliseconds on a clock that never jumps. */
  clock?: () => number;
  /** Hears that lanes are held which were not before. */
  onTakenUp?: () => void;
};

/**
 * Holds lanes for `owner` (a UUID). Leases live by the database's clock; here they are counted from before the
 * renewal was asked for on a clock that never jumps, so that this side always gives up first.
 */
export function holdLanes(
  db: Db,
  owner: string,
  { clock = () => performance.now(), onTakenUp = () => {} }: HoldingOptions = {},
): LanesHeld {
  const epochs = new Map<number, number>();
  let renewedAt = Number.NEGATIVE_INFINITY;
  let isReleased = false;

  async function takeUp({ lane, epoch }: Lease): Promise<void> {
    await inLane(db, lane, (tx) => releaseClaims(tx, lane, epoch));
    epochs.set(lane, epoch);
  }

  return {
    async renew() {
      if (isReleased) return;
      const at = clock();
      const leases = await renewLeases(db, owner, LEASE_MS);
      const ours = new Set(leases.map(({ lane }) => lane));
      for (const lane of epochs.keys()) if (!ours.has(lane)) epochs.delete(lane);
      renewedAt = at;
      // By what was taken up here and not by what was taken just now: a lane whose claims could not be released
      // then is tried again, and not worked on before.
      const fresh = leases.filter(({ lane, epoch }) => epochs.get(lane) !== epoch);
      await Promise.all(fresh.map(takeUp));
      if (fresh.length > 0) onTakenUp();
    },
    lanes: () => [...epochs.keys()],
    epochOf: (lane) => (clock() < renewedAt + LEASE_MS - MARGIN_MS ? epochs.get(lane) : undefined),
    async release(keep) {
      isReleased = true;
      epochs.clear();
      await releaseLeases(db, owner, keep);
    },
  };
}
