import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';
import { COUNTERS, type CounterTable } from '../../src/ledger/counters.ts';
import { homeLaneOf } from '../../src/ledger/fold.ts';
import { fromRows } from '../../src/ledger/from_rows.sql.ts';
import type { Home } from '../../src/ledger/spans.sql.ts';
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
  await sql`
    INSERT INTO ${sql.table(`sequitur.${table}`)} (${columns}, lane)
    SELECT ${columns}, h.home FROM (${fromRows(table)}) counted ${home}`.execute(db);
}

function refs(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)));
}
