import { type Directory, homeLane } from '../contacts/directory.ts';
import type { Db } from '../db/database.ts';
import { inLane } from '../db/lanes.ts';
import { ensureWeeks } from '../ledger/weeks.ts';
import { batches } from '../lib/batches.ts';
import {
  acceptTriggers,
  type Elsewhere,
  type LaneRequest,
  type TriggerAnswer,
  type TriggerRequest,
} from './accept.ts';

/** The way in for every trigger, from whatever source. */
export type Intake = {
  /** Answers in the order of `requests`, when all are committed. The sequences named must exist. */
  submit(requests: TriggerRequest[]): Promise<TriggerAnswer[]>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
};

// A transaction of 500 triggers takes some tens of milliseconds; longer ones would make single triggers wait.
const BATCH = 500;
// Half of the pool: reads go on while triggers pour in.
const LANES_AT_ONCE = 8;

/**
 * Triggers that arrive together for one lane share a transaction. `onCommitted` hears, after each commit, the
 * lane and the sequences whose counts moved, so that workers wake up and pages tick.
 */
export function openIntake(options: {
  db: Db;
  directory: Directory;
  now: () => Date;
  onCommitted: (lane: number, sequenceIds: string[]) => void;
}): Intake {
  const { db, directory, now, onCommitted } = options;

  async function run(lane: number, requests: LaneRequest[]): Promise<(TriggerAnswer | Elsewhere)[]> {
    const at = now();
    await ensureWeeks(db, [at]);
    let isDecided = false;
    try {
      const answers = await inLane(db, lane, async (tx) => {
        const decided = await acceptTriggers(tx, directory, lane, requests, at);
        isDecided = true;
        return decided;
      });
      onCommitted(lane, [...new Set(requests.map((request) => request.sequence_id))]);
      return answers;
    } catch (error) {
      throw isDecided ? new MaybeCommitted(error) : error;
    }
  }

  const lanes = batches<LaneRequest, TriggerAnswer | Elsewhere>({
    run,
    size: BATCH,
    parallel: LANES_AT_ONCE,
    mayRunAgain: (error) => !(error instanceof MaybeCommitted),
  });

  async function place(lane: number, request: LaneRequest): Promise<TriggerAnswer> {
    const [answer] = await lanes.submit(lane, [request]);
    if (!answer) throw new Error('A trigger was not answered.');
    if (!('movedTo' in answer)) return answer;
    const { lane: other, contact_id } = answer.movedTo;
    return place(other, { ...request, contact_id });
  }

  return {
    submit(requests) {
      const placed = requests.map((request) => {
        const lane = homeLane(directory, request.person.email);
        return place(lane, { ...request, contact_id: null });
      });
      return Promise.all(placed);
    },
    idle: lanes.idle,
  };
}

/**
 * The connection broke at the commit, and nobody can tell whether it went through. The callers are told of a
 * failure: run again by ourselves, triggers without a request key could count twice.
 */
class MaybeCommitted extends Error {
  constructor(cause: unknown) {
    super('The connection to the database was lost while triggers were being committed.', { cause });
  }
}
