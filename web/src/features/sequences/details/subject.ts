/** A piece of a subject: words that everybody gets, or (`blank`) what differs from person to person, by its name. */
export type SubjectPart = { text: string; blank: boolean };

/**
 * A subject's template as a person reads it: `{{ contact.first_name | default: "there" }}` becomes a blank called
 * "first name", and of what stands under a condition only the first case is shown. Not rendered with sample data: in
 * a list of people "Hello, Ada" beside another's address would look like a mistake.
 */
export function readSubject(template: string): SubjectPart[] {
  const parts: SubjectPart[] = [];
  const open: Block[] = [];
  for (const piece of template.split(/(\{\{.*?\}\}|\{%.*?%\})/s)) {
    if (piece.startsWith('{%')) step(open, /^\{%-?\s*(\w*)/.exec(piece)?.[1] ?? '');
    else if (piece && !open.some(({ silent }) => silent)) parts.push(partOf(piece));
  }
  return joined(parts);
}

/** The subject in one line, its blanks in brackets: "Your 20% is here, [first name]". */
export function subjectText(template: string): string {
  return readSubject(template)
    .map(({ text, blank }) => (blank ? `[${text}]` : text))
    .join('');
}

// A block that is open: whether what stands there now is left out, and whether it has shown one of its cases.
type Block = { silent: boolean; shown: boolean };

function step(open: Block[], tag: string): void {
  const innermost = open.at(-1);
  if (tag === 'case') open.push({ silent: true, shown: false });
  else if (BLOCKS.includes(tag)) open.push({ silent: SILENT.includes(tag), shown: true });
  else if (tag.startsWith('end')) open.pop();
  else if (innermost && CASES.includes(tag)) {
    innermost.silent = innermost.shown;
    innermost.shown = true;
  }
}

const CASES = ['else', 'elsif', 'when'];
const SILENT = ['comment', 'capture'];
const BLOCKS = ['if', 'unless', 'for', ...SILENT];

function partOf(piece: string): SubjectPart {
  if (!piece.startsWith('{{')) return { text: piece, blank: false };
  const expression = piece.slice(2, -2).replace(/^-|-$/g, '').trim();
  const literal = /^(["'])(.*?)\1/.exec(expression);
  if (literal) return { text: literal[2] ?? '', blank: false };
  const [path = ''] = expression.split(/[\s|]/);
  return { text: (path.split('.').at(-1) ?? path).replaceAll('_', ' '), blank: true };
}

// "a" and "b" side by side become "ab"; spaces around what was left out become one.
function joined(parts: SubjectPart[]): SubjectPart[] {
  const merged: SubjectPart[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (last && !last.blank && !part.blank) last.text += part.text;
    else merged.push({ ...part });
  }
  return merged.map(({ text, blank }) => ({ text: text.replace(/\s+/g, ' '), blank }));
}
