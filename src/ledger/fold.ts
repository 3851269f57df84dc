import type { Db, Tx } from '../db/database.ts';
import { lockLanes } from '../db/lanes.sql.ts';
import { laneOf } from '../db/lanes.ts';
import { inTransaction } from '../db/transaction.sql.ts';
import { getOrMake } from '../lib/get_or_make.ts';
import { COUNTER_TABLES, type CounterTable, isDrained, isSpanTable } from './counters.ts';
import { closedRows, deleteZeros, foldRows, type Unfolded } from './fold.sql.ts';
import { deleteZeroSpans } from './spans.sql.ts';

/** What a fold did: how many counter rows were moved into their home lanes. */
export type Folded = { rows: number };

/**
 * Moves the counter rows of closed days into their sequence's home lane, where equal keys become one row: reads
 * add up thirty times fewer rows. Sums are the same at every moment, since a row is taken out of one lane and
 * added in the other by one transaction, which holds both lanes' locks. Rows of no sequence, and lifetime
 * totals, have homes as well. Safe beside everything else; `stop` ends it between two transactions.
 */
export async function fold(db: Db, lanes: number, now: Date, stop?: AbortSignal): Promise<Folded> {
  let rows = 0;
  for (const move of await movesToFold(db, lanes, now)) {
    if (stop?.aborted) break;
    rows += await inTransaction(db, (tx) => foldMove(tx, move, now));
  }
  for (const table of COUNTER_TABLES) if (isSpanTable(table)) await deleteZeroSpans(db, table);
  return { rows };
}

/**
 * One transaction's worth of folding: the rows of one counter and calendar that these sequences have in a lane
 * between two days, to be moved into their home. Null where the counter names none.
 */
export type Move = {
  table: CounterTable;
  lane: number;
  home: number;
  calendarId: number | null;
  sequenceIds: string[];
  days: { first: string; last: string } | null;
};

/** What there is to fold at `now`, counter by counter. */
export async function movesToFold(db: Db, lanes: number, now: Date): Promise<Move[]> {
  const moves: Move[] = [];
  for (const table of COUNTER_TABLES.filter((table) => !isDrained(table)))
    moves.push(...movesOf(table, await closedRows(db, table, now), lanes));
  return moves;
}

/** Folds one move in the caller's transaction. Answers how many rows it moved. */
export async function foldMove(tx: Tx, move: Move, now: Date): Promise<number> {
  // In ascending order, as everybody who holds two lanes does: two folds could otherwise wait for each other.
  await lockLanes(tx, [move.lane, move.home]);
  const rows = await foldRows(tx, move, now);
  // Others add to spans meanwhile: see `deleteZeroSpans`.
  if (!isSpanTable(move.table)) await deleteZeros(tx, move, now);
  return rows;
}

/** The lane in which a sequence's folded counters live; null: that of counters of no sequence. */
export function homeLaneOf(sequenceId: string | null, lanes: number): number {
  return laneOf(sequenceId ?? 'workspace', lanes);
}

function movesOf(table: CounterTable, found: Unfolded[], lanes: number): Move[] {
  const moves = new Map<string, Move>();
  for (const { lane, calendar_id: calendarId, sequence_id, first, last } of found) {
    const home = homeLaneOf(sequence_id, lanes);
    if (home === lane) continue;
    const days = first && last ? { first, last } : null;
    const key = `${lane} ${home} ${calendarId}`;
    const move = getOrMake(moves, key, () => ({ table, lane, home, calendarId, sequenceIds: [], days }));
    if (sequence_id) move.sequenceIds.push(sequence_id);
    if (move.days && days) move.days = widened(move.days, days);
  }
  return [...moves.values()];
}

type Days = NonNullable<Move['days']>;

function widened(a: Days, b: Days): Days {
  return { first: a.first < b.first ? a.first : b.first, last: a.last > b.last ? a.last : b.last };
}
