import { type Directory, homeLane } from '../contacts/directory.ts';
import type { LaneQueue } from '../ledger/lane_queue.ts';
import { acceptTriggers, type LaneRequest, type TriggerAnswer, type TriggerRequest } from './accept.ts';

/** The way in for every trigger, from whatever source. */
export type Intake = {
  /** Answers in the order of `requests`, when all are committed. The sequences named must exist. */
  submit(requests: TriggerRequest[]): Promise<TriggerAnswer[]>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
};

/**
 * Triggers by the lanes' queue. `onCommitted` hears, after each commit, the lane and the sequences whose counts
 * moved, so that workers wake up and pages tick.
 */
export function openIntake(options: {
  queue: LaneQueue;
  directory: Directory;
  onCommitted: (lane: number, sequenceIds: string[]) => void;
}): Intake {
  const { queue, directory, onCommitted } = options;
  const accept = queue.open<LaneRequest, TriggerAnswer>({
    laneOf: ({ person }) => homeLane(directory, person.email),
    async write(tx, lane, requests, now) {
      const decided = await acceptTriggers(tx, directory, lane, requests, now);
      return decided.map((answer, i) => {
        if (!('movedTo' in answer)) return { answer };
        const { lane: movedTo, contact_id } = answer.movedTo;
        return { movedTo, item: { ...(requests[i] as LaneRequest), contact_id } };
      });
    },
    onCommitted: (lane, requests) =>
      onCommitted(lane, [...new Set(requests.map(({ sequence_id }) => sequence_id))]),
  });
  return {
    submit: (requests) => accept(requests.map((request) => ({ ...request, contact_id: null }))),
    idle: queue.idle,
  };
}
