import { stringify } from 'csv-stringify/sync';

// What a spreadsheet may run as a formula (some take the full-width signs for the others), and what a leading
// apostrophe already stands before.
const RUNS = /^[=+\-@\t\r\n＝＋－＠']/;

// By itself the library quotes whole line ends only: half of one, which many readers take for a line end, would begin
// a line of its own, formula and all.
const LINES = { record_delimiter: 'windows', quoted_match: /[\r\n]/ } as const;

/**
 * Rows as CSV (RFC 4180: commas, CRLF), one line each, without a header. Instants in ISO 8601, objects as JSON,
 * null as nothing. A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, CSV
 * injection); so does one that begins with an apostrophe, so that taking one off gives back what was.
 */
export function csvLines<Row extends object>(rows: Row[], columns: readonly (keyof Row & string)[]): string {
  const cells = rows.map((row) => columns.map((column) => cell(row[column])));
  return stringify(cells, LINES);
}

/** The header of such a file. */
export function csvHeader(columns: readonly string[]): string {
  return stringify([[...columns]], LINES);
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return RUNS.test(text) ? `'${text}` : text;
}
