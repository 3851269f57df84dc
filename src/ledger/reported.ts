import { createHash } from 'node:crypto';
import type { Tx } from '../db/database.ts';
import { canonicalJson } from '../lib/canonical_json.ts';
import { derivedId } from '../lib/uuid.ts';
import type { Execution } from './facts.ts';
import { record } from './record.ts';
import { insertKeys, readKeys } from './reported.sql.ts';

/** An execution that somebody else's sender reports. */
export type Report = Omit<Execution, 'id' | 'via' | 'enrollment_id' | 'message_id'> & {
  /**
   * The reporter's own id for it, unique within the contact. Null: sequence, contact, step, source and instant are
   * its identity.
   */
  key: string | null;
  /**
   * Whether the reporter said when. If not, which takes a key, `executed_at` is when the report came and no part of
   * what it says: the same report comes later when it is tried again.
   */
  is_dated: boolean;
  /** The address in place of an erased person's; null for everybody else. Their rows bear no user id and no context. */
  erased_as: string | null;
};

/**
 * `recorded`: it is new. `repeated`: recorded before, nothing happened. `conflict`: its key stands for other content,
 * nothing happened. Id and instant are those of the execution that the key now stands for.
 */
export type ReportOutcome = { outcome: 'recorded' | 'repeated' | 'conflict'; id: string; executed_at: Date };

/**
 * Records reports of one lane whose contacts are known, in the caller's transaction (which holds the lane's
 * lock). Each identity counts once, within the batch as well. Answers in the order of `reports`.
 */
export async function recordReported(tx: Tx, lane: number, reports: Report[]): Promise<ReportOutcome[]> {
  const identified = reports.map(withIdentity);
  const kept = await readKeys(
    tx,
    lane,
    identified.map(({ contact_id }) => contact_id),
    identified.map(({ key }) => key),
  );
  const fresh: Identified[] = [];
  const outcomes = identified.map((report): ReportOutcome => {
    const place = `${report.contact_id} ${report.key}`;
    const before = kept.get(place);
    const id = derivedId(report.contact_id, report.key);
    if (before) {
      const outcome = before.digest.equals(report.digest) ? 'repeated' : 'conflict';
      return { outcome, id, executed_at: before.executed_at };
    }
    kept.set(place, report);
    fresh.push(report);
    return { outcome: 'recorded', id, executed_at: report.executed_at };
  });
  await insertKeys(tx, lane, fresh);
  await record(tx, lane, { executions: fresh.map(toExecution) });
  return outcomes;
}

export type Identified = Report & { key: string; digest: Buffer };

function withIdentity(report: Report): Identified {
  const { sequence_id, step_id, revision, source, recipient_email, recipient_user_id, context } = report;
  if (report.key === null && !report.is_dated)
    throw new Error('A report without a key must say when it was.');
  const at = report.is_dated ? report.executed_at.toISOString() : null;
  const key = report.key ?? hash([sequence_id, step_id, source, at]).toString('base64url');
  const content = [sequence_id, step_id, revision, source, at, recipient_email, recipient_user_id, context];
  return { ...report, key, digest: hash(content) };
}

function hash(content: unknown[]): Buffer {
  return createHash('sha256').update(canonicalJson(content)).digest();
}

function toExecution({ key, digest: _, is_dated: __, erased_as, ...report }: Identified): Execution {
  const id = derivedId(report.contact_id, key);
  const shown =
    erased_as === null ? {} : { recipient_email: erased_as, recipient_user_id: null, context: {} };
  return { ...report, ...shown, id, via: 'reported', enrollment_id: null, message_id: null };
}
