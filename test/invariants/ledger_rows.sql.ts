import { sql } from 'kysely';
import type { Db, Tx } from '../../src/db/database.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { COUNTER_TABLES, DELTAS, isDrained } from '../../src/ledger/counters.ts';
import type { StepEntered } from '../../src/ledger/facts.ts';

export type ExecutionRead = {
  id: string;
  sequence_id: string;
  step_id: string | null;
  revision: number | null;
  enrollment_id: string | null;
  contact_id: string;
  source: string;
  executed_at: Date;
};

export type TriggerRead = { sequence_id: string; source: string; reason: string; occurred_at: Date };

/** A step that somebody entered, and where they stand in it by now. */
export type EntryRead = {
  sequence_id: string;
  step_id: string;
  revision: number;
  source: string;
  entered_at: Date;
  outcome: 'sent' | 'waiting' | 'skipped' | 'failed' | 'exited';
  reason: string;
};

/** Every row that numbers are counted from. */
export type LedgerRows = { executions: ExecutionRead[]; triggers: TriggerRead[]; entries: EntryRead[] };

/** Reads all of them, in no order. Reported executions have no entries of their own here. */
export async function readRows(db: Db): Promise<LedgerRows> {
  const executions = await sql<ExecutionRead>`
    SELECT id, sequence_id, step_id, revision, enrollment_id, contact_id, source, executed_at
    FROM sequitur.all_executions`.execute(db);
  const triggers = await sql<TriggerRead>`
    SELECT sequence_id, source, reason, occurred_at FROM sequitur.all_triggers`.execute(db);
  const entries = await sql<EntryRead>`
    SELECT sequence_id, step_id, revision, source, entered_at, outcome, reason FROM sequitur.all_enrollment_steps
    UNION ALL
    SELECT sequence_id, next_step_id, next_revision, source, next_entered_at, 'waiting', ''
    FROM sequitur.enrollments WHERE next_step_id IS NOT NULL`.execute(db);
  return { executions: executions.rows, triggers: triggers.rows, entries: entries.rows };
}

const ROWS = [
  'sequence_executions',
  'triggers',
  'enrollment_steps',
  'enrollments',
  'execution_keys',
  'recipients',
];

/** Deletes every row of the ledger and every counter. */
export async function clearLedger(db: Db): Promise<void> {
  await inTransaction(db, async (tx) => {
    const counters = COUNTER_TABLES.map((table) => (isDrained(table) ? DELTAS[table] : table));
    for (const table of [...ROWS, ...counters])
      await sql`DELETE FROM ${sql.table(`sequitur.${table}`)}`.execute(tx);
  });
}

/** Makes a sequence of a made-up history known, so that it has a card. */
export async function insertSequence(db: Db, { id, key }: { id: string; key: string }): Promise<void> {
  await sql`
    INSERT INTO sequitur.sequences (id, key, name, status, reentry, created_at, updated_at)
    VALUES (${id}, ${key}, ${key}, 'active', 'every_time', now(), now())`.execute(db);
}

/** An enrollment that waits for a step. */
export async function insertWaiting(
  tx: Tx,
  waiting: StepEntered & { lane: number; id: string; contact_id: string },
): Promise<void> {
  const { lane, id, sequence_id, contact_id, source, step_id, revision, entered_at } = waiting;
  await sql`
    INSERT INTO sequitur.enrollments (lane, id, sequence_id, contact_id, source, status, next_step_id, next_revision,
                                      next_entered_at, due_at, enrolled_at)
    VALUES (${lane}, ${id}, ${sequence_id}, ${contact_id}, ${source}, 'active', ${step_id}, ${revision},
            ${entered_at}, ${entered_at}, ${entered_at})`.execute(tx);
}

/** Ends an enrollment. */
export async function finishEnrollment(tx: Tx, lane: number, id: string, at: Date): Promise<void> {
  await sql`
    UPDATE sequitur.enrollments
    SET status = 'finished', finished_at = ${at}, next_step_id = NULL, next_revision = NULL, next_entered_at = NULL,
        due_at = NULL
    WHERE lane = ${lane} AND id = ${id}`.execute(tx);
}
