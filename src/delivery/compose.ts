import { LRUCache } from 'lru-cache';
import type { Contact } from '../contacts/directory.ts';
import { unsubscribeToken } from '../contacts/unsubscribe/token.ts';
import type { Db } from '../db/database.ts';
import { confirmationToken } from '../enrollment/confirmation/token.ts';
import type { StepProblem, StepTemplates } from '../sequences/template.ts';
import { readContent } from './compose.sql.ts';
import type { ConfirmationClaim } from './confirmations.sql.ts';
import { type CompiledStep, type CompileResult, compileStep } from './render/compile_step.ts';
import { confirmationMail } from './render/confirmation.ts';
import type { Mailbox } from './render/mailbox.ts';
import { type RenderedMail, render } from './render/render.ts';

/** What every mail of this installation shares. `publicUrl` has no slash at its end. */
export type Letterhead = { from: Mailbox; publicUrl: string; linkSecret: Buffer };

/** What tells one mail from another. */
export type Addressed = {
  lane: number;
  contact: Contact;
  sequence_id: string;
  sequence_name: string;
  enrollment_id: string;
  step_id: string;
  revision: number;
  source: string;
  context: Record<string, unknown>;
};

export type Composed = { ok: true; mail: RenderedMail } | { ok: false; problem: string };

/** Makes mails out of steps. Both ways fail, rather than throw, where a template breaks. */
export type Composer = {
  /** The mail of a claimed step, in the claimed revision. */
  compose(mail: Addressed, now: Date): Promise<Composed>;
  /** The mail that `content`, saved or not, would make. */
  preview(content: StepTemplates, mail: Addressed, now: Date): Composed;
  /** The mail that asks for the confirmation of an address; null where its page is gone. */
  confirmation(claim: ConfirmationClaim, now: Date): RenderedMail | null;
};

/** A composer under one letterhead; a step's revision, which never changes, is read and compiled once. */
export function openComposer(db: Db, letterhead: Letterhead): Composer {
  const compiled = new LRUCache<string, CompiledStep>({ max: 500 });

  async function stepOf({ step_id, revision }: Addressed): Promise<CompileResult | undefined> {
    const key = `${step_id} ${revision}`;
    const had = compiled.get(key);
    if (had) return { ok: true, compiled: had };
    const content = await readContent(db, step_id, revision);
    const result = content && compileStep(content);
    if (result?.ok) compiled.set(key, result.compiled);
    return result;
  }

  return {
    async compose(mail, now) {
      const step = await stepOf(mail);
      return step
        ? composed(step, letterhead, mail, now)
        : { ok: false, problem: 'There is no such revision.' };
    },
    preview: (content, mail, now) => composed(compileStep(content), letterhead, mail, now),
    confirmation: (claim, now) => confirmationOf(letterhead, claim, now),
  };
}

function composed(step: CompileResult, letterhead: Letterhead, mail: Addressed, now: Date): Composed {
  if (!step.ok) return { ok: false, problem: problemText(step.problem) };
  const rendered = render(step.compiled, {
    from: letterhead.from,
    contact: mail.contact,
    context: mail.context,
    sequence: { name: mail.sequence_name },
    source: mail.source,
    unsubscribeUrl: unsubscribeUrl(letterhead, mail),
    enrollmentId: mail.enrollment_id,
    stepId: mail.step_id,
    now,
  });
  return rendered.ok ? rendered : { ok: false, problem: problemText(rendered.problem) };
}

function confirmationOf(
  { from, publicUrl, linkSecret }: Letterhead,
  { lane, id, email: to, promo_page_id: pageId, page }: ConfirmationClaim,
  now: Date,
): RenderedMail | null {
  const confirmUrl = `${publicUrl}/c/${confirmationToken(linkSecret, { lane, id })}`;
  return page && confirmationMail({ from, to, page, confirmUrl, confirmationId: id, pageId, now });
}

function unsubscribeUrl(
  { publicUrl, linkSecret }: Letterhead,
  { lane, contact, sequence_id }: Addressed,
): string {
  return `${publicUrl}/u/${unsubscribeToken(linkSecret, { lane, contact_id: contact.id, sequence_id })}`;
}

function problemText({ field, line, column, message }: StepProblem): string {
  return `${field}, line ${line}, column ${column}: ${message}`;
}
