import { type AddCommand, Failure, print, say, withStore } from './command.ts';
import { type QueryResult, queryReadOnly } from './sql.sql.ts';

export const addSql: AddCommand = (program) => {
  program
    .command('sql')
    .description('Run one SQL query, read-only. Tables are found without their schema `sequitur`.')
    .argument('<query>', "the query, in quotes: 'SELECT key, status FROM sequences'")
    .option('--json', 'print the rows as JSON Lines')
    .action(async (query: string, { json = false }: { json?: boolean }) => {
      const result = await withStore(({ connection }) =>
        queryReadOnly(connection, query).catch((error: Error) => {
          throw new Failure(`The query failed: ${error.message}`);
        }),
      );
      if (json) for (const row of result.rows) print(JSON.stringify(row));
      else printTable(result);
    });
};

function printTable({ columns, rows }: QueryResult): void {
  const table = [columns, ...rows.map((row) => columns.map((column) => cell(row[column])))];
  const widths = columns.map((_, i) => Math.max(...table.map((line) => line[i]?.length ?? 0)));
  table.forEach((line, n) => {
    print(
      line
        .map((text, i) => text.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    );
    if (n === 0) print(widths.map((width) => '-'.repeat(width)).join('  '));
  });
  say(`(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`);
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
