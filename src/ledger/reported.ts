import { createHash } from 'node:crypto';
import type { Tx } from '../db/database.ts';
import { derivedId } from '../lib/uuid.ts';
import type { Execution } from './facts.ts';
import { record } from './record.ts';
import { insertKeys, readKeys } from './reported.sql.ts';

/**
 * An execution that somebody else's sender reports. `key` is the reporter's own id for it, unique within the
 * contact; without one (null) sequence, contact, step, source and instant are its identity.
 */
export type Report = Omit<Execution, 'id' | 'via' | 'enrollment_id' | 'message_id'> & { key: string | null };

/** `repeated`: recorded before, nothing happened. `conflict`: that key stands for other content, nothing happened. */
export type ReportOutcome = { outcome: 'recorded' | 'repeated' | 'conflict'; id: string };

/**
 * Records reports of one lane whose contacts are known, in the caller's transaction (which holds the lane's
 * lock). Each identity counts once, within the batch as well. Answers in the order of `reports`.
 */
export async function recordReported(tx: Tx, lane: number, reports: Report[]): Promise<ReportOutcome[]> {
  const named = reports.map(withIdentity);
  const kept = await readKeys(
    tx,
    lane,
    named.map(({ contact_id }) => contact_id),
    named.map(({ key }) => key),
  );
  const fresh: Named[] = [];
  const outcomes = named.map((report): ReportOutcome => {
    const place = `${report.contact_id} ${report.key}`;
    const before = kept.get(place);
    const id = derivedId(report.contact_id, report.key);
    if (before) return { outcome: before.equals(report.digest) ? 'repeated' : 'conflict', id };
    kept.set(place, report.digest);
    fresh.push(report);
    return { outcome: 'recorded', id };
  });
  await insertKeys(tx, lane, fresh);
  await record(tx, lane, { executions: fresh.map(toExecution) });
  return outcomes;
}

export type Named = Report & { key: string; digest: Buffer };

function withIdentity(report: Report): Named {
  const { sequence_id, step_id, revision, source, executed_at, recipient_email, recipient_user_id, context } =
    report;
  const at = executed_at.toISOString();
  const key = report.key ?? hash([sequence_id, step_id, source, at]).toString('base64url');
  const content = [sequence_id, step_id, revision, source, at, recipient_email, recipient_user_id, context];
  return { ...report, key, digest: hash(content) };
}

function hash(content: unknown[]): Buffer {
  return createHash('sha256').update(JSON.stringify(content)).digest();
}

function toExecution({ key, digest: _, ...report }: Named): Execution {
  const id = derivedId(report.contact_id, key);
  return { ...report, id, via: 'reported', enrollment_id: null, message_id: null };
}
