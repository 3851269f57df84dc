import { type Directory, homeLane } from '../contacts/directory.ts';
import type { Db } from '../db/database.ts';
import { isSignOf, readMessageId } from '../enrollment/message_id.ts';
import type { LaneQueue } from '../ledger/lane_queue.ts';
import { type MailedStep, readMailedSteps } from './feedback.sql.ts';
import type { ReportedFeedback } from './feedback.ts';
import { type FeedbackAnswer, type PlacedFeedback, recordFeedback } from './record.ts';

/** What became of it; nothing was written unless it says `recorded`. */
export type FeedbackResult = FeedbackAnswer | { outcome: 'unknown_message' };

/** The way in for bounces and complaints that are reported. */
export type FeedbackIntake = {
  /** Answers in the order of `feedback`, when all are committed. */
  submit(feedback: ReportedFeedback[]): Promise<FeedbackResult[]>;
};

/**
 * Bounces and complaints by the lanes' queue, beside triggers and reports. `onEnded` hears, after each commit, in which
 * lane and sequences runs ended.
 */
export function openFeedback(options: {
  db: Db;
  queue: LaneQueue;
  directory: Directory;
  onEnded: (lane: number, sequenceIds: string[]) => void;
}): FeedbackIntake {
  const { db, queue, directory, onEnded } = options;
  // What a commit ended is found out while writing it.
  const moved = new WeakMap<PlacedFeedback, string[]>();
  const record = queue.open<PlacedFeedback, FeedbackAnswer>({
    laneOf: ({ mail, recipient_email }) => mail?.lane ?? homeLane(directory, recipient_email ?? ''),
    async write(tx, lane, items, now) {
      const { written, ended } = await recordFeedback(tx, directory, lane, items, now);
      for (const item of items) moved.set(item, ended);
      return written;
    },
    onCommitted(lane, items) {
      const sequences = new Set(items.flatMap((item) => moved.get(item) ?? []));
      if (sequences.size > 0) onEnded(lane, [...sequences]);
    },
  });

  return {
    async submit(feedback) {
      const placed = await place(db, feedback);
      const results = (await record(placed.filter(isOfSomebody))).values();
      return placed.map((item) => {
        if (!isOfSomebody(item)) return { outcome: 'unknown_message' };
        const { value } = results.next();
        if (!value) throw new Error('A bounce was not answered.');
        return value;
      });
    },
  };
}

function isOfSomebody({ mail, recipient_email }: PlacedFeedback): boolean {
  return mail !== null || recipient_email !== null;
}

/** The reports with the mails found that they name. */
async function place(db: Db, feedback: ReportedFeedback[]): Promise<PlacedFeedback[]> {
  const named = feedback.map((item) => ({
    item,
    ref: item.message_id === null ? undefined : readMessageId(item.message_id),
  }));
  const steps = await readMailedSteps(db, [...new Set(named.flatMap(({ ref }) => ref?.enrollment_id ?? []))]);
  const byEnrollment = Map.groupBy(steps, (step) => step.enrollment_id);
  return named.map(({ item, ref }) => {
    const candidates: MailedStep[] = (ref && byEnrollment.get(ref.enrollment_id)) ?? [];
    const mail = candidates.find((step) => ref && isSignOf(ref, step.step_id)) ?? null;
    return { ...item, mail, contact_id: mail?.contact_id ?? null };
  });
}
