import type { Contact } from '../contacts/directory.ts';
import type { Db, Tx } from '../db/database.ts';
import { exitRuns } from './exit_runs.ts';
import {
  markUnsubscribed,
  readUnsubscribed,
  selectSequencesOf,
  unmarkUnsubscribed,
} from './subscriptions.sql.ts';

type Place = Pick<Contact, 'lane' | 'id'>;

/** What a contact has to do with a sequence. `unsubscribed_at` is of this sequence alone. */
export type ContactsSequence = {
  sequence_id: string;
  sequence_name: string;
  active_enrollments: number;
  entries: number;
  last_entered_at: Date | null;
  unsubscribed_at: Date | null;
};

/** By id of the sequence, from just after `after`; empty at the end of the list. */
export function sequencesOf(
  db: Db,
  contact: Place,
  after: string | undefined,
  limit: number,
): Promise<ContactsSequence[]> {
  return selectSequencesOf(db, contact, after, limit);
}

/** Since when a contact wants no mail of this one sequence; null where they do. */
export function unsubscribedFrom(db: Db, { lane, id }: Place, sequence_id: string): Promise<Date | null> {
  return readUnsubscribed(db, { lane, contact_id: id, sequence_id });
}

/**
 * Notes that a contact wants no mail of one sequence, entered or not, and ends its runs, in the caller's transaction,
 * which holds the lane's lock. `changed` is false where it was so already; `moved` are the sequences whose counts moved.
 */
export async function unsubscribeFrom(
  tx: Tx,
  { lane, id }: Place,
  sequence_id: string,
  now: Date,
): Promise<{ changed: boolean; moved: string[] }> {
  const changed = await markUnsubscribed(tx, { lane, contact_id: id, sequence_id }, now);
  const who = { contactId: id, sequenceId: sequence_id };
  return { changed, moved: await exitRuns(tx, lane, who, 'unsubscribed', now) };
}

/** Notes that a contact wants mail of this sequence again; what has ended stays so. False where it was so already. */
export function resubscribeTo(tx: Tx, { lane, id }: Place, sequence_id: string): Promise<boolean> {
  return unmarkUnsubscribed(tx, { lane, contact_id: id, sequence_id });
}
