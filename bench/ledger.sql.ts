import { sql } from 'kysely';
import type { Db } from '../src/db/database.ts';
import type { Execution } from '../src/ledger/facts.ts';
import type { Batch } from './harness/traffic.ts';

/**
 * What one would build without counters: a plain table with its two indexes, and the rows that the ledger has so
 * far. One of them for batches and another for single inserts. The columns are the ledger's.
 */
export async function makePlainTables(db: Db): Promise<void> {
  await sql`CREATE SCHEMA bench`.execute(db);
  for (const table of ['bench.batched', 'bench.single'].map((name) => sql.table(name))) {
    await sql`CREATE TABLE ${table} (LIKE sequitur.sequence_executions)`.execute(db);
    await sql`INSERT INTO ${table} SELECT * FROM sequitur.sequence_executions ORDER BY executed_at`.execute(
      db,
    );
    await sql`ALTER TABLE ${table} ADD PRIMARY KEY (id)`.execute(db);
    await sql`CREATE INDEX ON ${table} (sequence_id, executed_at)`.execute(db);
    await sql`ANALYZE ${table}`.execute(db);
  }
}

/** Inserts a batch into the plain table by one statement, which is its own transaction. */
export async function insertPlainBatch(db: Db, { lane, executions }: Batch): Promise<void> {
  const pick = (column: keyof Execution) => executions.map((execution) => execution[column]);
  const contexts = executions.map(({ context }) => JSON.stringify(context));
  await sql`
    INSERT INTO bench.batched (lane, executed_at, id, sequence_id, step_id, revision, enrollment_id, contact_id,
                                  recipient_email, recipient_user_id, context, source, via, message_id)
    SELECT ${lane}::smallint, new.*
    FROM unnest(${pick('executed_at')}::timestamptz[], ${pick('id')}::uuid[], ${pick('sequence_id')}::uuid[],
                ${pick('step_id')}::uuid[], ${pick('revision')}::integer[], ${pick('enrollment_id')}::uuid[],
                ${pick('contact_id')}::uuid[], ${pick('recipient_email')}::text[],
                ${pick('recipient_user_id')}::text[], ${contexts}::jsonb[], ${pick('source')}::text[],
                ${pick('via')}::text[], ${pick('message_id')}::text[]) AS new`.execute(db);
}

/** Inserts a batch's one execution into the plain table, as a sender does that writes its log mail by mail. */
export async function insertPlain(db: Db, { lane, executions: [e] }: Batch): Promise<void> {
  if (!e) return;
  await sql`
    INSERT INTO bench.single (lane, executed_at, id, sequence_id, step_id, revision, enrollment_id, contact_id,
                                  recipient_email, recipient_user_id, context, source, via, message_id)
    VALUES (${lane}, ${e.executed_at}, ${e.id}, ${e.sequence_id}, ${e.step_id}, ${e.revision}, ${e.enrollment_id},
            ${e.contact_id}, ${e.recipient_email}, ${e.recipient_user_id}, ${JSON.stringify(e.context)}, ${e.source},
            ${e.via}, ${e.message_id})`.execute(db);
}

export type Sizes = { executions: number; recipients: number; counter_rows: number; megabytes: number };

/** How large the ledger of this database is; `megabytes` are those of the whole database. */
export async function readSizes(db: Db): Promise<Sizes> {
  const { rows } = await sql<Sizes>`
    SELECT (SELECT count(*) FROM sequitur.sequence_executions) AS executions,
           (SELECT count(*) FROM sequitur.recipients) AS recipients,
           (SELECT count(*) FROM sequitur.reach_counts) + (SELECT count(*) FROM sequitur.people_counts)
             + (SELECT count(*) FROM sequitur.reach_spans) + (SELECT count(*) FROM sequitur.source_reach_spans)
             + (SELECT count(*) FROM sequitur.people_spans) + (SELECT count(*) FROM sequitur.step_counts)
             + (SELECT count(*) FROM sequitur.step_spans) + (SELECT count(*) FROM sequitur.funnel_counts)
             + (SELECT count(*) FROM sequitur.funnel_spans)
             + (SELECT count(*) FROM sequitur.weekly_counts) AS counter_rows,
           pg_database_size(current_database()) / 1000000 AS megabytes`.execute(db);
  const sizes = rows[0];
  if (!sizes) throw new Error('The database did not say how large it is.');
  return sizes;
}
