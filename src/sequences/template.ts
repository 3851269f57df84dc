import {
  Context,
  type Emitter,
  type FilterImplOptions,
  filters,
  Liquid,
  LiquidError,
  Tag,
  TagToken,
  type Template,
  Tokenizer,
  TokenKind,
  type TopLevelToken,
  toValueSync,
} from 'liquidjs';
import { dateFilter } from './template_dates.ts';

/** What a template's output is: `html` escapes every value (`| raw` opts out), `text` escapes nothing. */
export type TemplateFormat = 'html' | 'text';

/** Where a template is wrong. Lines and columns count from 1, as editors show them. */
export type TemplateProblem = { line: number; column: number; message: string };

/** A template that parsed. Opaque: give it to `renderTemplate`. */
export type ParsedTemplate = { readonly format: TemplateFormat; readonly nodes: Template[] };

export type ParseResult = { ok: true; template: ParsedTemplate } | ({ ok: false } & TemplateProblem);
export type RenderResult = { ok: true; output: string } | ({ ok: false } & TemplateProblem);

/** Characters in one subject, HTML or text part, before and after rendering. */
export const MAX_TEMPLATE_LENGTH = 500_000;

/**
 * Parses `source`, or says where it is wrong; the first problem only, as everything after it would be guesswork.
 * Saving, preview and sending all parse here, so what was saved can be sent.
 */
export function parseTemplate(source: string, format: TemplateFormat): ParseResult {
  if (source.length > MAX_TEMPLATE_LENGTH) {
    return { ok: false, line: 1, column: 1, message: `longer than ${MAX_TEMPLATE_LENGTH} characters` };
  }
  try {
    const nodes = engines[format].parse(source);
    const leftover = firstLeftover(source);
    return leftover ? { ok: false, ...leftover } : { ok: true, template: { format, nodes } };
  } catch (error) {
    return { ok: false, ...problemOf(error) };
  }
}

/**
 * Renders with `variables`; one that is missing renders as nothing. Fails, rather than throws, where a template
 * runs into a limit (time, memory, length) or gives a filter something that it cannot take.
 *
 * A value put into a variable by `{% capture %}` is already escaped: print it with `| raw`.
 */
export function renderTemplate(template: ParsedTemplate, variables: Record<string, unknown>): RenderResult {
  const first = renderOnce(template, variables);
  // The time limit reads a wall clock, so a process that was stopped for a while would fail an innocent mail.
  return !first.ok && first.message.includes('render limit') ? renderOnce(template, variables) : first;
}

/** The templates of one step's email. `text` null: the text part is derived from the HTML. */
export type StepTemplates = { subject: string; html: string; text: string | null };

export type StepProblem = TemplateProblem & { field: keyof StepTemplates };

/** Every field's problem, in the order subject, html, text; empty when the step can be saved. */
export function validateStep(step: StepTemplates): StepProblem[] {
  const problems: StepProblem[] = [];
  for (const field of ['subject', 'html', 'text'] as const) {
    const source = step[field];
    if (source === null) continue;
    const parsed = parseTemplate(source, formatOf(field));
    if (!parsed.ok)
      problems.push({ field, line: parsed.line, column: parsed.column, message: parsed.message });
  }
  return problems;
}

/** A variable that a template reads from outside itself, and where. `path` ends before what is only known later. */
export type UsedVariable = { path: string[]; line: number; column: number };

/** The variables that a template is to be given, in their order; one that is used twice is there twice. */
export function variablesIn({ format, nodes }: ParsedTemplate): UsedVariable[] {
  const { globals } = engines[format].analyzeSync(nodes, { partials: false });
  return Object.values(globals)
    .flat()
    .map(({ segments, location }) => {
      // `context[contact.plan]` depends on the contact, and so does everything below it.
      const dynamic = segments.findIndex((segment) => typeof segment !== 'string');
      const path = segments.slice(0, dynamic === -1 ? undefined : dynamic).map(String);
      return { path, line: location.row, column: location.col };
    })
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Subject and text are plain: escaping would show people `Tom &amp; Ann`. */
export function formatOf(field: keyof StepTemplates): TemplateFormat {
  return field === 'html' ? 'html' : 'text';
}

function renderOnce(template: ParsedTemplate, variables: Record<string, unknown>): RenderResult {
  const liquid = engines[template.format];
  const context = new Context(variables, liquid.options, { sync: true }, { liquid });
  const output = new BoundedOutput();
  try {
    toValueSync(liquid.renderer.renderTemplates(template.nodes, context, output));
    return { ok: true, output: output.buffer };
  } catch (error) {
    return { ok: false, ...problemOf(error) };
  }
}

/** Collects what a template prints, and stops a loop that prints without end as soon as it is too much. */
class BoundedOutput implements Emitter {
  buffer = '';
  write(value: unknown): void {
    this.buffer += printed(value);
    if (this.buffer.length > MAX_TEMPLATE_LENGTH) {
      throw new Error(`prints more than ${MAX_TEMPLATE_LENGTH} characters`);
    }
  }
}

function printed(value: unknown): string {
  if (value === null || value === undefined) return '';
  return Array.isArray(value) ? value.map(printed).join('') : String(value);
}

// Far above what an email needs; a runaway template costs its worker half a second, twice.
const LIMITS = { parseLimit: MAX_TEMPLATE_LENGTH, memoryLimit: 1_000_000, renderLimit: 500 };

const engines: Record<TemplateFormat, Liquid> = { html: htmlEngine(), text: engine({}) };

function engine(options: { outputEscape?: 'escape' }): Liquid {
  const liquid = new Liquid({
    ...LIMITS,
    ...options,
    templates: {}, // in place of the file system: a template never reads a file
    strictFilters: true,
    ownPropertyOnly: true,
    timezoneOffset: 'UTC', // the machine's own zone would print another day on another server
    locale: 'en-US',
  });
  liquid.registerFilter('date', dateFilter());
  for (const name of ['include', 'render', 'layout', 'block']) {
    liquid.registerTag(name, refusedTag(name));
  }
  return liquid;
}

/** `escape` and `newline_to_br` are marked raw, since the engine's own escaping would escape them a second time. */
function htmlEngine(): Liquid {
  const liquid = engine({ outputEscape: 'escape' });
  const escapeValue = handlerOf(filters.escape);
  liquid.registerFilter('escape', { raw: true, handler: escapeValue });
  liquid.registerFilter('newline_to_br', {
    raw: true,
    handler(value) {
      return escapeValue.call(this, value).replace(/\r?\n/g, '<br>\n');
    },
  });
  return liquid;
}

function handlerOf(filter: FilterImplOptions | undefined) {
  if (typeof filter !== 'function')
    throw new Error('liquidjs no longer exports its escape filter as a function');
  return filter;
}

function refusedTag(name: string) {
  return class extends Tag {
    constructor(...args: ConstructorParameters<typeof Tag>) {
      super(...args);
      throw new Error(`{% ${name} %} is not available: an email's template stands alone`);
    }
    override render(): undefined {}
  };
}

/**
 * liquidjs reads as much of an expression as it understands and drops the rest, so `{{ contact first_name }}` would
 * print the wrong thing in silence. Such a rest is a typo, and is refused, in outputs and in conditions.
 */
function firstLeftover(source: string): TemplateProblem | undefined {
  let insideComment = false;
  for (const token of new Tokenizer(source).readTopLevelTokens()) {
    if (token instanceof TagToken)
      insideComment = token.name === 'comment' || (insideComment && token.name !== 'endcomment');
    const reader = insideComment ? undefined : expressionReader(source, token);
    const leftover = reader && leftoverIn(reader);
    if (leftover) return { ...positionAt(source, leftover.at), message: leftover.message };
  }
  return undefined;
}

function expressionReader(source: string, token: TopLevelToken): Tokenizer | undefined {
  if (token.kind === TokenKind.Output && 'contentRange' in token) {
    return new Tokenizer(source, undefined, undefined, token.contentRange);
  }
  const isCondition = token instanceof TagToken && ['if', 'elsif', 'unless'].includes(token.name);
  return isCondition ? token.tokenizer : undefined;
}

function leftoverIn(reader: Tokenizer): { at: number; message: string } | undefined {
  let wantsValue = true;
  for (const token of reader.readExpressionTokens()) {
    const isOperator = token.kind === TokenKind.Operator;
    const fits = wantsValue ? !isOperator || token.getText() === 'not' : isOperator;
    if (!fits) return { at: token.begin, message: `unexpected "${token.getText()}"` };
    wantsValue = isOperator;
  }
  if (wantsValue) return { at: reader.p, message: 'a value is missing' };
  reader.readFilters();
  reader.skipBlank();
  return reader.end() ? undefined : { at: reader.p, message: `unexpected "${reader.remaining().trim()}"` };
}

function problemOf(error: unknown): TemplateProblem {
  if (!LiquidError.is(error)) throw error;
  const message = (error.originalError?.message ?? error.message).replace(/, line:\d+, col:\d+$/, '');
  return { ...positionAt(error.token.input, error.token.begin + offsetOfFilter(error)), message };
}

/** liquidjs blames the whole `{{ … }}` for a filter that it does not know; people look for the filter. */
function offsetOfFilter(error: LiquidError): number {
  const name = /^undefined filter: (.+)$/.exec(error.originalError?.message ?? '')?.[1];
  if (name === undefined) return 0;
  const text = error.token.getText().replace(/"[^"]*"|'[^']*'/g, (quoted) => ' '.repeat(quoted.length));
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    if (/\|\s*$/.test(text.slice(0, at))) return at;
  }
  return 0;
}

function positionAt(source: string, offset: number): { line: number; column: number } {
  const before = source.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
