import {
  formatOf,
  type ParsedTemplate,
  parseTemplate,
  type StepProblem,
  type StepTemplates,
} from '../../sequences/template.ts';

/** One revision of a step, parsed once for all its recipients. `text` null: derived from the HTML. */
export type CompiledStep = { subject: ParsedTemplate; html: ParsedTemplate; text: ParsedTemplate | null };

export type CompileResult = { ok: true; compiled: CompiledStep } | { ok: false; problem: StepProblem };

/**
 * Parses a step's templates. What was saved has been parsed before, so a problem here means that the rules have
 * become stricter since: the mail fails with it, and says so.
 */
export function compileStep(step: StepTemplates): CompileResult {
  const subject = parsed('subject', step.subject);
  if (!subject.ok) return subject;
  const html = parsed('html', step.html);
  if (!html.ok) return html;
  if (step.text === null)
    return { ok: true, compiled: { subject: subject.template, html: html.template, text: null } };
  const text = parsed('text', step.text);
  if (!text.ok) return text;
  return { ok: true, compiled: { subject: subject.template, html: html.template, text: text.template } };
}

type FieldResult = { ok: true; template: ParsedTemplate } | { ok: false; problem: StepProblem };

function parsed(field: keyof StepTemplates, source: string): FieldResult {
  const result = parseTemplate(source, formatOf(field));
  if (result.ok) return result;
  const { line, column, message } = result;
  return { ok: false, problem: { field, line, column, message } };
}
