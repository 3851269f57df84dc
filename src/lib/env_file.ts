/** A line of a `.env` file that is neither blank nor a comment; `name` is null where it assigns nothing. */
export type EnvLine = { line: number; name: string | null };

const ASSIGNMENT = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;

/**
 * What the lines of a `.env` file assign, in their order, by the rules of Node's parser, which itself passes over what it
 * does not understand. Values are not looked at, but for the lines on which a quoted one ends.
 */
export function envLines(text: string): EnvLine[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const found: EnvLine[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name = null, value = ''] = ASSIGNMENT.exec(line) ?? [];
    found.push({ line: i + 1, name });
    i += linesOfValue(value, lines.slice(i + 1)) - 1;
  }
  return found;
}

/** On how many lines a value stands: more than one where a quote is closed further down. */
function linesOfValue(value: string, below: string[]): number {
  const quote = /^["'`]/.exec(value)?.[0];
  if (!quote || value.includes(quote, 1)) return 1;
  const closing = below.findIndex((line) => line.includes(quote));
  return closing === -1 ? 1 : closing + 2;
}
