import { messageIdOf } from '../../enrollment/message_id.ts';
import { type ParsedTemplate, renderTemplate, type StepProblem } from '../../sequences/template.ts';
import type { CompiledStep } from './compile_step.ts';
import { asciiDomainOf, headerText, type Mailbox } from './mailbox.ts';
import { textFromHtml } from './text_part.ts';
import { withHtmlUnsubscribe, withTextUnsubscribe } from './unsubscribe_footer.ts';

/** Everything that one email is made of, besides its templates. */
export type RenderData = {
  from: Mailbox;
  contact: {
    email: string;
    name: string | null;
    external_user_id: string | null;
    time_zone: string | null;
    properties: Record<string, unknown>;
  };
  /** What came with the trigger. */
  context: Record<string, unknown>;
  sequence: { name: string };
  source: string;
  /** Absolute; the same address shows the page (GET) and takes the one-click request (POST, RFC 8058). */
  unsubscribeUrl: string;
  /** UUIDs. Sending again after a crash gives the same pair, and so the same Message-ID. */
  enrollmentId: string;
  stepId: string;
  now: Date;
};

/** An email ready to be composed or captured. `headers` holds those beyond From, To, Subject, Date and Message-ID. */
export type RenderedMail = {
  from: Mailbox;
  to: Mailbox;
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
  /** With its angle brackets. */
  messageId: string;
  date: Date;
};

export type RenderMailResult = { ok: true; mail: RenderedMail } | { ok: false; problem: StepProblem };

/**
 * One recipient's email. Pure: the same arguments always give the same mail. Fails with the field and position where
 * a template breaks on this recipient's data; that is final, as trying again would give the same.
 */
export function render(compiled: CompiledStep, data: RenderData): RenderMailResult {
  const variables = variablesOf(data);
  const subject = rendered('subject', compiled.subject, variables);
  if (!subject.ok) return subject;
  const html = rendered('html', compiled.html, variables);
  if (!html.ok) return html;
  const text = compiled.text && rendered('text', compiled.text, variables);
  if (text && !text.ok) return text;
  return { ok: true, mail: mailOf(data, subject.output, html.output, text?.output ?? null) };
}

function variablesOf({ contact, context, sequence, source, unsubscribeUrl, now }: RenderData) {
  return {
    contact: { ...contact, first_name: firstNameOf(contact) },
    context,
    sequence,
    source,
    unsubscribe_url: unsubscribeUrl,
    sent_at: now.toISOString(),
  };
}

/** The application's own `first_name` property wins: it knows that Mary Ann is one name. */
function firstNameOf({ name, properties }: RenderData['contact']): string | null {
  const own = properties.first_name;
  if (typeof own === 'string' && own.trim() !== '') return own.trim();
  return name?.trim().split(/\s+/)[0] || null;
}

type FieldOutput = { ok: true; output: string } | { ok: false; problem: StepProblem };

function rendered(
  field: StepProblem['field'],
  template: ParsedTemplate,
  variables: Record<string, unknown>,
): FieldOutput {
  const result = renderTemplate(template, variables);
  if (result.ok) return { ok: true, output: withoutGarbage(result.output) };
  const { line, column, message } = result;
  return { ok: false, problem: { field, line, column, message } };
}

/** Filters can print what no mail and no column may hold: `base64_decode` a NUL, `slice` half an emoji. */
function withoutGarbage(text: string): string {
  return text.toWellFormed().replaceAll('\0', '');
}

function mailOf(data: RenderData, subject: string, html: string, text: string | null): RenderedMail {
  const { contact, from, unsubscribeUrl } = data;
  const body = withHtmlUnsubscribe(html, unsubscribeUrl);
  return {
    from,
    to: { name: headerText(contact.name ?? ''), address: contact.email },
    subject: headerText(subject),
    html: body,
    text: withTextUnsubscribe(text ?? textFromHtml(body), unsubscribeUrl),
    headers: {
      'List-Unsubscribe': `<${unsubscribeUrl}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
    messageId: messageIdOf(data.enrollmentId, data.stepId, asciiDomainOf(from.address)),
    date: data.now,
  };
}
