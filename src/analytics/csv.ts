import type { Db } from '../db/database.ts';
import { inSnapshot } from '../db/transaction.sql.ts';
import { csvHeader, csvLines } from '../lib/csv.ts';
import { type ExecutionPlace, type ExecutionRow, listExecutions } from './executions.sql.ts';
import type { Filter } from './filter.ts';
import type { Edges } from './frame.sql.ts';
import { listRecipients, type RecipientPlace, type RecipientRow } from './recipients.sql.ts';

const EXECUTION_COLUMNS = [
  'id',
  'executed_at',
  'sequence_id',
  'contact_id',
  'recipient_email',
  'recipient_user_id',
  'source',
  'step',
  'revision',
  'via',
  'message_id',
  'context',
] as const satisfies (keyof ExecutionRow)[];

const RECIPIENT_COLUMNS = [
  'contact_id',
  'recipient_email',
  'recipient_user_id',
  'executions',
  'first_executed_at',
  'last_executed_at',
  'sources',
] as const satisfies (keyof RecipientRow)[];

// A page of some hundred kilobytes, read in some ten milliseconds.
const PAGE = 5_000;

/** Instants and not days: the file is of one range, whatever happens to the calendar while it is read. */
export type CsvAsked = { sequenceId: string; edges: Edges; filter: Filter };

/**
 * All executions of a range as CSV, the newest first, page by page: every page is a short transaction of its own,
 * so that a slow reader holds nothing up, and memory stays that of one page.
 */
export async function* executionsCsv(db: Db, asked: CsvAsked): AsyncGenerator<string> {
  yield csvHeader(EXECUTION_COLUMNS);
  let after: ExecutionPlace | null = null;
  do {
    const rows: ExecutionRow[] = await inSnapshot(db, (tx) =>
      listExecutions(tx, asked.edges, { ...asked, limit: PAGE, after }),
    );
    if (rows.length > 0) yield csvLines(rows, EXECUTION_COLUMNS);
    const last = rows.at(-1);
    after =
      rows.length === PAGE && last ? { executed_at: last.executed_at.toISOString(), id: last.id } : null;
  } while (after);
}

/** All distinct people of a range as CSV, as they were when it began: whoever was written to last comes first. */
export async function* recipientsCsv(db: Db, asked: CsvAsked): AsyncGenerator<string> {
  const { sources } = asked.filter;
  yield csvHeader(RECIPIENT_COLUMNS);
  let after: RecipientPlace | null = null;
  do {
    const rows: RecipientRow[] = await inSnapshot(db, (tx) =>
      listRecipients(tx, asked.edges, { ...asked, sources, limit: PAGE, after }),
    );
    if (rows.length > 0) yield csvLines(rows.map(withSourceList), RECIPIENT_COLUMNS);
    const last = rows.at(-1);
    const until: string = after?.until ?? rows[0]?.last_executed_at.toISOString() ?? '';
    after =
      rows.length === PAGE && last
        ? { last_executed_at: last.last_executed_at.toISOString(), id: last.id, until }
        : null;
  } while (after);
}

function withSourceList(row: RecipientRow) {
  return { ...row, sources: row.sources.join(' ') };
}
