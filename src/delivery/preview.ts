import type { Contact } from '../contacts/directory.ts';
import type { Db } from '../db/database.ts';
import { inLane } from '../db/lanes.ts';
import { newId } from '../lib/uuid.ts';
import type { StepTemplates } from '../sequences/template.ts';
import type { Addressed, Composed, Composer } from './compose.ts';
import { insertCaptured } from './outbox.sql.ts';
import { formatMailbox } from './render/mailbox.ts';
import type { RenderedMail } from './render/render.ts';
import type { SendOutcome } from './send/outcome.ts';
import type { Transport } from './send/transport.ts';

/** What a preview or test is made of: a step's content, saved or not, and whom to pretend to write to. */
export type Draft = {
  sequence: { id: string; name: string };
  step: { id: string; revision: number } & StepTemplates;
  recipient: { email: string; name: string | null; properties: Record<string, unknown> };
  context: Record<string, unknown>;
};

/** The mail that a draft would make. Its unsubscribe link leads nowhere: nobody is enrolled. */
export function preview(composer: Composer, draft: Draft, now: Date): Composed {
  const { sequence, step, recipient, context } = draft;
  const contact: Contact = { ...NOBODY, ...recipient, id: newId() };
  const ids = { sequence_id: sequence.id, sequence_name: sequence.name, enrollment_id: newId() };
  const addressed: Addressed = {
    ...ids,
    lane: 0,
    contact,
    step_id: step.id,
    revision: step.revision,
    source: 'manual',
    context,
  };
  return composer.preview(step, addressed, now);
}

export type TestSend =
  | { ok: false; problem: string }
  | { ok: true; outcome: SendOutcome; mail: RenderedMail };

/**
 * Sends a draft to an address, once, past all rules: no contact, no execution, no count. Captured where no mail
 * server is set up, and marked as a test there.
 */
export async function sendTest(
  db: Db,
  { composer, transport }: { composer: Composer; transport: Transport },
  draft: Draft,
  now: Date,
): Promise<TestSend> {
  const composed = preview(composer, draft, now);
  if (!composed.ok) return composed;
  const { mail } = composed;
  const outcome = await transport.send(mail);
  if (outcome.kind === 'accepted' && outcome.via === 'captured') await keep(db, draft, mail, now);
  return { ok: true, outcome, mail };
}

async function keep(db: Db, { sequence, step }: Draft, mail: RenderedMail, now: Date): Promise<void> {
  const { subject, html, text, headers, messageId: message_id } = mail;
  const addresses = { sender: formatMailbox(mail.from), recipient: formatMailbox(mail.to) };
  const ids = {
    id: newId(),
    sequence_id: sequence.id,
    step_id: step.id,
    revision: step.revision,
    contact_id: null,
  };
  const captured = { ...ids, ...addresses, kind: 'test' as const, subject, html, text, headers, message_id };
  await inLane(db, 0, (tx) => insertCaptured(tx, 0, [{ ...captured, captured_at: now }]));
}

const NOBODY = {
  lane: 0,
  external_user_id: null,
  time_zone: null,
  unsubscribed_at: null,
  suppressed_at: null,
  suppressed_reason: null,
  erased_at: null,
};
