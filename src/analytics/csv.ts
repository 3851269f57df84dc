import type { Db } from '../db/database.ts';
import { inSnapshot } from '../db/transaction.sql.ts';
import { csvHeader, csvLines } from '../lib/csv.ts';
import { type ExecutionPlace, type ExecutionRow, listExecutions } from './executions.sql.ts';
import type { Filter } from './filter.ts';
import type { Edges } from './frame.sql.ts';
import { type WalkedRecipient, type WalkPlace, walkRecipients } from './recipients.sql.ts';

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
] as const satisfies (keyof WalkedRecipient)[];

// A page of some hundred kilobytes, read in some ten milliseconds (people of a long history: up to two hundred).
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

/**
 * The distinct people of a range as CSV, in an order that is theirs for life, page by page as well: whoever was in the
 * range when it began has one line, whatever is sent or reported while it is read, late or not. Somebody who comes into
 * the range meanwhile has one or none, and the numbers of a line are those of the moment at which its page was read.
 */
export async function* recipientsCsv(db: Db, asked: CsvAsked): AsyncGenerator<string> {
  const { sources } = asked.filter;
  yield csvHeader(RECIPIENT_COLUMNS);
  let after: WalkPlace | null = null;
  do {
    const rows: WalkedRecipient[] = await inSnapshot(db, (tx) =>
      walkRecipients(tx, asked.edges, { ...asked, sources, limit: PAGE, after }),
    );
    if (rows.length > 0) yield csvLines(rows, RECIPIENT_COLUMNS);
    after = rows.length === PAGE ? (rows.at(-1) ?? null) : null;
  } while (after);
}
