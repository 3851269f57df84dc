import { type RawBuilder, sql } from 'kysely';
import { COUNTERS, SPANS, type SpanTable } from '../ledger/counters.ts';
import type { Piece } from './cover.ts';
import type { Question } from './frame.ts';

/**
 * The rows that a range is added up from: the spans that `pieces` name, and what is not moved into spans yet. `day`
 * (the first one of its span), `n` and the counter's other columns. `sequenceId` is null for all sequences.
 */
export function spanRows(
  { calendar_id, days }: Question,
  { table, sequenceId, pieces }: { table: SpanTable; sequenceId: string | null; pieces: Piece[] },
): RawBuilder<unknown> {
  const { from, prev } = SPANS[table];
  const asked: readonly string[] = ['calendar_id', 'sequence_id', 'span'];
  const columns = [...COUNTERS[table].key, ...COUNTERS[table].sums].filter((c) => !asked.includes(c));
  const moved = columns.map((c) => sql.ref(`r.${c}`));
  const hot = columns.map((c) => sql`${sql.ref(`r.${c === 'prev_day' ? prev : c}`)} AS ${sql.ref(c)}`);
  const ours = (rows: string) => sql`${sql.ref(`${rows}.calendar_id`)} = ${calendar_id}
    ${sequenceId ? sql`AND ${sql.ref(`${rows}.sequence_id`)} = ${sequenceId}` : sql``}`;
  const column = (of: (piece: Piece) => string) => pieces.map(of);
  return sql`(
    SELECT ${sql.join(hot)}
    FROM ${sql.table(`sequitur.${from}`)} r
    WHERE ${ours('r')} AND r.day BETWEEN ${days.from}::date AND ${days.to}::date
    UNION ALL
    SELECT ${sql.join(moved)}
    FROM unnest(${column(({ span }) => span)}::text[], ${column(({ first }) => first)}::date[],
                ${column(({ last }) => last)}::date[]) AS piece (span, first, last)
    CROSS JOIN LATERAL (
      SELECT * FROM ${sql.table(`sequitur.${table}`)} s
      WHERE ${ours('s')} AND s.span = piece.span AND s.day BETWEEN piece.first AND piece.last
      OFFSET 0
    ) r
  )`;
}
