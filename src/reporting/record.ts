import { type Contact, contactsById, type Directory, resolveContacts } from '../contacts/directory.ts';
import type { Tx } from '../db/database.ts';
import type { Written } from '../ledger/lane_queue.ts';
import { type Report, type ReportOutcome, recordReported } from '../ledger/reported.ts';

/** A report whose sequence and step are found. `contact_id` is given where its contact is known to live in the lane. */
export type PlacedReport = {
  sequence_id: string;
  step_id: string | null;
  recipient_email: string;
  recipient_user_id: string | null;
  source: string;
  executed_at: Date | null;
  context: Record<string, unknown>;
  id: string | null;
  contact_id: string | null;
};

export type Recorded = ReportOutcome & { sequence_id: string; step_id: string | null; contact_id: string };

/**
 * Records reports of one lane, in order, inside the caller's transaction, which holds the lane's lock: contacts, rows,
 * identities and all their counters. One that does not say when it was is taken for one of `now`.
 */
export async function recordReports(
  tx: Tx,
  directory: Directory,
  lane: number,
  reports: PlacedReport[],
  now: Date,
): Promise<Written<PlacedReport, Recorded>[]> {
  const contacts = await contactsOf(tx, directory, lane, reports, now);
  const here = reports.flatMap((report, i) => {
    const resolved = contacts[i];
    return resolved && 'contact' in resolved ? [toReport(report, resolved.contact, now)] : [];
  });
  const outcomes = (await recordReported(tx, lane, here)).values();
  return reports.map((report, i) => {
    const resolved = contacts[i];
    if (!resolved) throw new Error('Each report must have its contact.');
    if ('movedTo' in resolved) {
      const { lane: movedTo, contact_id } = resolved.movedTo;
      return { movedTo, item: { ...report, contact_id } };
    }
    const { value } = outcomes.next();
    if (!value) throw new Error('Each report must have its outcome.');
    const { sequence_id, step_id } = report;
    return { answer: { ...value, sequence_id, step_id, contact_id: resolved.contact.id } };
  });
}

type Found = { contact: Contact } | { movedTo: { lane: number; contact_id: string } };

async function contactsOf(
  tx: Tx,
  directory: Directory,
  lane: number,
  reports: PlacedReport[],
  now: Date,
): Promise<(Found | undefined)[]> {
  const people = reports
    .filter((report) => report.contact_id === null)
    .map(({ recipient_email: email, recipient_user_id: external_user_id }) => {
      // A report speaks of the past: it fills what is empty, and replaces nothing that was learnt since.
      return { email, external_user_id, name: null, trusted: false };
    });
  const resolved = (await resolveContacts(tx, directory, lane, people, now)).values();
  const known = await contactsById(
    tx,
    lane,
    reports.flatMap((report) => report.contact_id ?? []),
  );
  return reports.map(({ contact_id }) => {
    if (contact_id === null) return resolved.next().value;
    const contact = known.get(contact_id);
    return contact && { contact };
  });
}

function toReport(report: PlacedReport, contact: Contact, now: Date): Report {
  const { id: key, executed_at, contact_id: _, ...said } = report;
  return {
    ...said,
    key,
    contact_id: contact.id,
    revision: null,
    executed_at: executed_at ?? now,
    is_dated: executed_at !== null,
    erased_as: contact.erased_at ? contact.email : null,
  };
}
