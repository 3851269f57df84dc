import { type AddCommand, Failure, print, say, withStore } from './command.ts';
import { queryReadOnly } from './sql.sql.ts';
import { printTable } from './table.ts';

export const addSql: AddCommand = (program) => {
  program
    .command('sql')
    .description('Run one SQL query, read-only. Tables are found without their schema `sequitur`.')
    .argument('<query>', "the query, in quotes: 'SELECT key, status FROM sequences'")
    .option('--json', 'print the rows as JSON Lines')
    .addHelpText('after', HELP)
    .action(async (query: string, { json = false }: { json?: boolean }) => {
      if (query.trim() === '') throw new Failure(NOTHING);
      const { columns, rows } = await withStore(({ connection }) =>
        queryReadOnly(connection, query).catch((error: Error) => {
          throw new Failure(failureOf(error));
        }),
      );
      // Nothing but a comment, say; a query that answers without columns does not come to mind.
      if (columns.length === 0) throw new Failure(NOTHING);
      if (json) for (const row of rows) print(JSON.stringify(row));
      else {
        printTable(columns, rows);
        say(`(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`);
      }
    });
};

const HELP = `
The tables and views: sequitur sql "SELECT relname FROM pg_class WHERE relnamespace = 'sequitur'::regnamespace AND relkind IN ('r', 'p', 'v') AND NOT relispartition ORDER BY 1"
The file schema.sql of the clone shows them whole.`;

const NOTHING = "There is no query to run. Give one in quotes: 'SELECT key, status FROM sequences'.";

function failureOf({ message }: Error): string {
  // PostgreSQL's words for it speak of a prepared statement, which nobody here has heard of.
  if (/cannot insert multiple commands/.test(message))
    return 'The query was not run: it has more than one statement, and only one can be run at a time.';
  return `The query failed: ${message}`;
}
