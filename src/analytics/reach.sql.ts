import { type RawBuilder, sql } from 'kysely';
import { COUNTERS, SPANS, type SpanTable } from '../ledger/counters.ts';
import type { Piece } from './cover.ts';
import type { Question } from './frame.ts';

/**
 * The rows that a range's executions and people are added up from, with `day` (the first one of its span),
 * `prev_day`, `n` and, by source, `source`: the spans that `pieces` name, and what is not moved into spans yet.
 * `sequenceId` is null for all sequences.
 */
export function reachRows(
  { calendar_id, days }: Question,
  { table, sequenceId, pieces }: { table: SpanTable; sequenceId: string | null; pieces: Piece[] },
): RawBuilder<unknown> {
  const { from, prev } = SPANS[table];
  const source = (COUNTERS[table].key as readonly string[]).includes('source') ? sql`r.source, ` : sql``;
  const ours = sql`r.calendar_id = ${calendar_id} ${sequenceId ? sql`AND r.sequence_id = ${sequenceId}` : sql``}`;
  const column = (of: (piece: Piece) => string) => pieces.map(of);
  return sql`(
    SELECT r.day, ${source}r.${sql.ref(prev)} AS prev_day, r.n
    FROM ${sql.table(`sequitur.${from}`)} r
    WHERE ${ours} AND r.day BETWEEN ${days.from}::date AND ${days.to}::date
    UNION ALL
    SELECT r.day, ${source}r.prev_day, r.n
    FROM unnest(${column(({ span }) => span)}::text[], ${column(({ first }) => first)}::date[],
                ${column(({ last }) => last)}::date[]) AS piece (span, first, last)
    JOIN ${sql.table(`sequitur.${table}`)} r
      ON ${ours} AND r.span = piece.span AND r.day BETWEEN piece.first AND piece.last
  )`;
}
