import { LRUCache } from 'lru-cache';
import type { Contact } from '../contacts/directory.ts';
import { unsubscribeToken } from '../contacts/unsubscribe/token.ts';
import type { Db } from '../db/database.ts';
import { readContent } from './compose.sql.ts';
import { type CompiledStep, compileStep } from './render/compile_step.ts';
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

export type Composer = (mail: Addressed, now: Date) => Promise<Composed>;

/** Composes mails; a step's revision, which never changes, is read and compiled once. */
export function openComposer(db: Db, letterhead: Letterhead): Composer {
  const compiled = new LRUCache<string, CompiledStep>({ max: 500 });

  async function stepOf({ step_id, revision }: Addressed): Promise<CompiledStep | string> {
    const key = `${step_id} ${revision}`;
    const had = compiled.get(key);
    if (had) return had;
    const content = await readContent(db, step_id, revision);
    if (!content) return 'This revision of the step does not exist.';
    const result = compileStep(content);
    if (!result.ok) return problemText(result.problem);
    compiled.set(key, result.compiled);
    return result.compiled;
  }

  return async (mail, now) => {
    const step = await stepOf(mail);
    if (typeof step === 'string') return { ok: false, problem: step };
    const rendered = render(step, {
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
  };
}

function unsubscribeUrl(
  { publicUrl, linkSecret }: Letterhead,
  { lane, contact, sequence_id }: Addressed,
): string {
  return `${publicUrl}/u/${unsubscribeToken(linkSecret, { lane, contact_id: contact.id, sequence_id })}`;
}

function problemText({
  field,
  line,
  column,
  message,
}: {
  field: string;
  line: number;
  column: number;
  message: string;
}): string {
  return `${field}, line ${line}, column ${column}: ${message}`;
}
