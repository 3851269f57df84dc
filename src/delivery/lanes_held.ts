import type { Db } from '../db/database.ts';
import { inLane } from '../db/lanes.ts';
import { releaseClaims, releaseLeases, renewLeases } from './lease.sql.ts';

/** How long a lane stays with a worker that is not heard of any more. */
export const LEASE_MS = 15_000;
export const RENEW_MS = LEASE_MS / 3;
// A send begun this short before the lease ends may be under way when somebody else has the lane.
const MARGIN_MS = 1_000;

/** The lanes that one worker sends for. */
export type LanesHeld = {
  /** Renews the leases and takes free lanes. */
  renew(): Promise<void>;
  lanes(): number[];
  /** The epoch in which the lane is held; undefined where it is not, or its lease is about to end. */
  epochOf(lane: number): number | undefined;
  release(): Promise<void>;
};

/**
 * Holds lanes for `owner` (a UUID). Leases live by the database's clock; here they are counted from before the
 * renewal was asked for on a clock that never jumps, so that this side always gives up first.
 */
export function holdLanes(db: Db, owner: string, clock: () => number = () => performance.now()): LanesHeld {
  let epochs = new Map<number, number>();
  let renewedAt = Number.NEGATIVE_INFINITY;

  return {
    async renew() {
      const at = clock();
      const leases = await renewLeases(db, owner, LEASE_MS);
      const taken = leases.filter((lease) => lease.taken);
      await Promise.all(
        taken.map(({ lane, epoch }) => inLane(db, lane, (tx) => releaseClaims(tx, lane, epoch))),
      );
      epochs = new Map(leases.map(({ lane, epoch }) => [lane, epoch]));
      renewedAt = at;
    },
    lanes: () => [...epochs.keys()],
    epochOf: (lane) => (clock() < renewedAt + LEASE_MS - MARGIN_MS ? epochs.get(lane) : undefined),
    async release() {
      epochs.clear();
      await releaseLeases(db, owner);
    },
  };
}
