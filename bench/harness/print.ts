import type { Table } from './bench.ts';

/** A table as text: the first column to the left, the others, which hold figures, to the right. */
export function tableText({ title, columns, rows }: Table): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const text = (line: string[]) =>
    widths
      .map((width, i) => pad(line[i] ?? '', width, i > 0))
      .join('   ')
      .trimEnd();
  const rule = widths.map((width) => '-'.repeat(width)).join('   ');
  return [title, '', text(columns), rule, ...rows.map(text)].join('\n');
}

function pad(cell: string, width: number, right: boolean): string {
  return right ? cell.padStart(width) : cell.padEnd(width);
}

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const FINE = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** A figure for people: two decimals where it is small, none where it is large. */
export function shown(value: number): string {
  return Math.abs(value) < 100 && !Number.isInteger(value) ? FINE.format(value) : WHOLE.format(value);
}
