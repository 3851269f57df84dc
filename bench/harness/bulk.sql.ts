import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import {
  COUNTERS,
  type CounterTable,
  type DrainedTable,
  isSpanTable,
  SPANS,
} from '../../src/ledger/counters.ts';
import { homeLaneOf } from '../../src/ledger/fold.ts';
import { fromRows } from '../../src/ledger/from_rows.sql.ts';
import { type Home, toSpans } from '../../src/ledger/spans.sql.ts';
import { TRAFFIC } from './traffic.ts';

const LANES = TRAFFIC.lanes;

/** Makes active sequences with these ids and steps, named by their place in the list. */
export async function insertSequences(db: Db, sequences: { id: string; steps: string[] }[]): Promise<void> {
  const ids = sequences.map(({ id }) => id);
  await sql`
    INSERT INTO sequitur.sequences (id, key, name, status, reentry, created_at, updated_at)
    SELECT id, 'sequence-' || place, 'Sequence ' || place, 'active', 'every_time', now(), now()
    FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS s (id, place)`.execute(db);
  const steps = sequences.flatMap(({ id, steps }) => steps.map((step, position) => ({ id, step, position })));
  await sql`
    INSERT INTO sequitur.sequence_steps (id, sequence_id, position, revision, created_at)
    SELECT step, id, position, 1, now()
    FROM unnest(${steps.map(({ step }) => step)}::uuid[], ${steps.map(({ id }) => id)}::uuid[],
                ${steps.map(({ position }) => position)}::integer[]) AS s (step, id, position)`.execute(db);
  await sql`
    INSERT INTO sequitur.step_revisions (step_id, revision, delay_seconds, subject, html, created_at)
    SELECT id, 1, 0, 'Step ' || position, '<p>Hello</p>', now() FROM sequitur.sequence_steps`.execute(db);
}

/** Drops the indexes of executions, since a million rows are sorted sooner than found a million places. Answers how to make them again. */
export async function dropIndexes(db: Db): Promise<() => Promise<void>> {
  const { rows } = await sql<{ drop: string; make: string }>`
    SELECT CASE WHEN c.oid IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass)
                ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', i.indrelid::regclass, c.conname) END AS drop,
           CASE WHEN c.oid IS NULL THEN replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')
                ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.indrelid::regclass, c.conname,
                            pg_get_constraintdef(c.oid)) END AS make
    FROM pg_index i
    LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid
    WHERE i.indrelid = 'sequitur.sequence_executions'::regclass`.execute(db);
  for (const { drop } of rows) await sql.raw(drop).execute(db);
  return async () => {
    for (const { make } of rows) await sql.raw(make).execute(db);
  };
}

/**
 * Gives `sequences` one email a day each for the 30 days until yesterday, to a contact of its own: sequences that
 * a summary has to show as well.
 */
export async function insertRareExecutions(db: Db, sequences: string[], lanes: number): Promise<void> {
  await sql`
    INSERT INTO sequitur.sequence_executions
      (lane, executed_at, id, sequence_id, contact_id, recipient_email, context, source, via)
    SELECT place % ${lanes}::int, date_trunc('day', now()) - day * interval '1 day' + place * interval '1 second',
           gen_random_uuid(), sequence_id, gen_random_uuid(), 'somebody-' || place || '@example.com', '{}', 'api',
           'reported'
    FROM unnest(${sequences}::uuid[]) WITH ORDINALITY AS s (sequence_id, place), generate_series(1, 30) AS day`.execute(
    db,
  );
}

/** Fills an empty counter from the rows, as recount would have it, folded: each sequence's rows in its home lane. */
export async function fillCounter(db: Db, table: CounterTable, homes: Home[]): Promise<void> {
  const { key, sums, latest } = COUNTERS[table];
  const columns = refs([...key, ...sums, ...(latest ? [latest] : [])]);
  const namesSequence = (key as readonly string[]).includes('sequence_id');
  const home = namesSequence
    ? sql`JOIN unnest(${homes.map((h) => h.sequence_id)}::uuid[], ${homes.map((h) => h.home)}::smallint[])
            AS h (sequence_id, home) USING (sequence_id)`
    : sql`CROSS JOIN (SELECT ${homeLaneOf(null, LANES)}::smallint AS home) h`;
  const rows = isSpanTable(table)
    ? toSpans(table, sql.table(`bench.${SPANS[table].from}`))
    : sql`${fromRows(table)}`;
  await withMemory(
    db,
    sql`
      INSERT INTO ${sql.table(`sequitur.${table}`)} (${columns}, lane)
      SELECT ${columns}, h.home FROM (${rows}) counted ${home}`,
  );
}

/** Counts once what several spans are made from, for `fillCounter`. */
export async function countDrained(db: Db, table: DrainedTable): Promise<void> {
  await withMemory(db, sql`CREATE UNLOGGED TABLE ${sql.table(`bench.${table}`)} AS ${fromRows(table)}`);
}

/** Makes room for what is counted before it is written. */
export async function makeRoom(db: Db): Promise<void> {
  await sql`CREATE SCHEMA bench`.execute(db);
}

function withMemory(db: Db, statement: RawBuilder<unknown>): Promise<void> {
  return inTransaction(db, async (tx) => {
    await sql`SET LOCAL work_mem = '256MB'`.execute(tx);
    await statement.execute(tx);
  });
}

function refs(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)));
}
