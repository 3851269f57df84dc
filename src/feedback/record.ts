import { type Contact, contactsById, type Directory, locateContacts } from '../contacts/directory.ts';
import { suppressContacts } from '../contacts/suppression.sql.ts';
import type { Tx } from '../db/database.ts';
import { exitRunsOf } from '../enrollment/exit_runs.ts';
import type { Written } from '../ledger/lane_queue.ts';
import { derivedId } from '../lib/uuid.ts';
import { insertFeedback, type MailedStep } from './feedback.sql.ts';
import { condemns, type Feedback, type ReportedFeedback } from './feedback.ts';

/** A report whose mail is looked for. `contact_id` is given where its contact is known to live in the lane. */
export type PlacedFeedback = ReportedFeedback & { mail: MailedStep | null; contact_id: string | null };

export type FeedbackAnswer = RecordedFeedback | { outcome: 'unknown_contact' };

export type RecordedFeedback = {
  /** `repeated`: it was recorded before, and nothing happened now. */
  outcome: 'recorded' | 'repeated';
  feedback: Feedback;
  /** Whether this put an end to all mail to the contact. */
  suppressed: boolean;
};

/**
 * Records bounces and complaints of one lane inside the caller's transaction, which holds the lane's lock, with what
 * follows from each that is new: contacts get no more mail, and their runs end at `now`. What is told again changes
 * nothing, or it would undo that somebody has allowed mail again. `ended` are the sequences in which runs ended.
 */
export async function recordFeedback(
  tx: Tx,
  directory: Directory,
  lane: number,
  items: PlacedFeedback[],
  now: Date,
): Promise<{ written: Written<PlacedFeedback, FeedbackAnswer>[]; ended: string[] }> {
  const found = await contactsOf(tx, directory, lane, items);
  const facts = items.map((item, i) => {
    const contact = found[i];
    return contact && 'email' in contact ? factOf(item, contact, now) : null;
  });
  const fresh = await insertFeedback(
    tx,
    lane,
    facts.filter((fact) => fact !== null),
  );
  const { suppressed, ended } = await stopMail(tx, lane, { facts, found, fresh }, now);
  const written = items.map((item, i): Written<PlacedFeedback, FeedbackAnswer> => {
    const [contact, feedback] = [found[i], facts[i]];
    if (contact && 'movedTo' in contact) {
      const { lane: movedTo, contact_id } = contact.movedTo;
      return { movedTo, item: { ...item, contact_id } };
    }
    if (!feedback) return { answer: { outcome: 'unknown_contact' } };
    // The first of those that say the same in one call; it takes what it did with it.
    const isNew = fresh.delete(feedback.id);
    const isEnd = isNew && condemns(feedback) !== null && suppressed.delete(feedback.contact_id);
    return { answer: { outcome: isNew ? 'recorded' : 'repeated', feedback, suppressed: isEnd } };
  });
  return { written, ended };
}

type Found = Contact | { movedTo: { lane: number; contact_id: string } } | undefined;

/** Whom each report speaks of, in their order; undefined where nobody is known. */
async function contactsOf(
  tx: Tx,
  directory: Directory,
  lane: number,
  items: PlacedFeedback[],
): Promise<Found[]> {
  const addresses = items.flatMap((item) => (item.contact_id === null ? (item.recipient_email ?? []) : []));
  const located = await locateContacts(tx, directory, lane, [...new Set(addresses)]);
  const places = items.map(({ contact_id, recipient_email }) =>
    contact_id === null ? located.get(recipient_email ?? '') : { contact_lane: lane, contact_id },
  );
  const here = places.flatMap((place) => (place?.contact_lane === lane ? place.contact_id : []));
  const contacts = await contactsById(tx, lane, [...new Set(here)]);
  return places.map((place) => {
    if (!place) return undefined;
    const { contact_lane, contact_id } = place;
    return contact_lane === lane ? contacts.get(contact_id) : { movedTo: { lane: contact_lane, contact_id } };
  });
}

function factOf(item: PlacedFeedback, contact: Contact, now: Date): Feedback {
  const { type, kind, mail, reply } = item;
  const { sequence_id = null, enrollment_id = null, step_id = null, revision = null } = mail ?? {};
  const occurred_at = item.occurred_at ?? now;
  const said = [type, kind ?? '', enrollment_id ?? '', step_id ?? '', occurred_at.toISOString()];
  return {
    contact_id: contact.id,
    id: item.id === null ? derivedId(contact.id, 'said', ...said) : derivedId(contact.id, 'id', item.id),
    type,
    kind,
    via: 'reported',
    sequence_id,
    enrollment_id,
    step_id,
    revision,
    execution_id: mail?.is_sent ? derivedId(mail.enrollment_id, mail.step_id) : null,
    reason: '',
    reply: contact.erased_at ? null : reply,
    occurred_at,
    recorded_at: now,
  };
}

/**
 * Ends all mail to those of whom something new says so. A complaint goes before a bounce. Answers whose mail was not
 * stopped before, and the sequences in which runs ended.
 */
async function stopMail(
  tx: Tx,
  lane: number,
  { facts, found, fresh }: { facts: (Feedback | null)[]; found: Found[]; fresh: Set<string> },
  now: Date,
): Promise<{ suppressed: Set<string>; ended: string[] }> {
  const reasons = new Map<string, 'bounced' | 'complained'>();
  for (const fact of facts) {
    const reason = fact && fresh.has(fact.id) ? condemns(fact) : null;
    if (fact && reason && reasons.get(fact.contact_id) !== 'complained') reasons.set(fact.contact_id, reason);
  }
  for (const reason of ['bounced', 'complained'] as const) {
    const contacts = [...reasons].filter(([, why]) => why === reason);
    await suppressContacts(
      tx,
      lane,
      contacts.map(([contact_id]) => ({ contact_id, at: now })),
      reason,
    );
  }
  const ended = await exitRunsOf(tx, lane, reasons, now);
  const free = found.flatMap((contact) =>
    contact && 'email' in contact && contact.suppressed_at === null ? contact.id : [],
  );
  return {
    suppressed: new Set(free.filter((id) => reasons.has(id))),
    ended: [...new Set(ended.map(({ sequence_id }) => sequence_id))],
  };
}
