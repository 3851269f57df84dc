import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';
import { lockAllLanes } from '../../src/db/lanes.sql.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import type { SettleFailure } from './plan.ts';

/** Makes executions refusable: `failSettling` says when. Needs tables that are there, and belongs into a template. */
export async function makeSettlingFailable(db: Db): Promise<void> {
  await sql`CREATE SCHEMA crash`.execute(db);
  await sql`CREATE TABLE crash.settling (how text, share float8 NOT NULL)`.execute(db);
  await sql`INSERT INTO crash.settling VALUES (NULL, 0)`.execute(db);
  await sql`
    CREATE FUNCTION crash.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF (SELECT how = TG_ARGV[0] AND random() < share FROM crash.settling) THEN
        RAISE 'This settlement is to fail.';
      END IF;
      RETURN NULL;
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER fails_at_once AFTER INSERT ON sequitur.sequence_executions
    FOR EACH STATEMENT EXECUTE FUNCTION crash.refuse('statement')`.execute(db);
  await sql`
    CREATE CONSTRAINT TRIGGER fails_at_commit AFTER INSERT ON sequitur.sequence_executions
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION crash.refuse('commit')`.execute(db);
}

/** From now on a `share` (0 to 1) of what writes executions fails: of the statements, or of the rows at the commit. */
export async function failSettling(db: Db, how: SettleFailure | null, share: number): Promise<void> {
  await sql`UPDATE crash.settling SET how = ${how}, share = ${share}`.execute(db);
}

/** One email of a sequence, by its recipient and its step. */
export type Email = { email: string; step_id: string };

/** The emails that a worker means to send and that are not settled. In no order. */
export async function unsettledEmails(db: Db): Promise<Email[]> {
  const { rows } = await sql<Email>`
    SELECT c.email, e.claimed_step_id AS step_id
    FROM sequitur.enrollments e JOIN sequitur.contacts c ON c.lane = e.lane AND c.id = e.contact_id
    WHERE e.claimed_step_id IS NOT NULL`.execute(db);
  return rows;
}

/** Lets the time pass that emails wait for which were put off. */
export async function letTimePass(db: Db): Promise<void> {
  await inTransaction(db, async (tx) => {
    await lockAllLanes(tx);
    await sql`
      UPDATE sequitur.enrollments SET due_at = now()
      WHERE next_step_id IS NOT NULL AND claimed_step_id IS NULL AND due_at > now()`.execute(tx);
  });
}

/** How many runs still wait for something. */
export async function countWaiting(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM sequitur.enrollments
    WHERE status = 'active' OR next_step_id IS NOT NULL`.execute(db);
  return rows[0]?.n ?? 0;
}

/** A run that is not at its end, as its row says it. */
export type Stuck = { email: string; lane: number; status: string } & Record<string, unknown>;

/** At most three of the runs that wait. */
export async function someWaiting(db: Db): Promise<Stuck[]> {
  const { rows } = await sql<Stuck>`
    SELECT c.email, e.lane, e.status, e.next_step_id, e.due_at, e.held_at, e.claimed_until, e.claimed_epoch,
           e.attempts, e.last_error, l.owner, l.epoch, l.lease_until, now()::timestamptz(3) AS now
    FROM sequitur.enrollments e
    JOIN sequitur.contacts c ON c.lane = e.lane AND c.id = e.contact_id
    JOIN sequitur.lane_leases l ON l.lane = e.lane
    WHERE e.status = 'active' OR e.next_step_id IS NOT NULL
    LIMIT 3`.execute(db);
  return rows;
}

export type RunRow = { email: string; status: string; exit_reason: string | null };
export type OutcomeRow = Email & { outcome: string; reason: string };
export type ExecutionRow = Email & { message_id: string };
export type TriggerRow = { email: string; outcome: string; reason: string };

/** All that is written down of a round, in no order. `open_runs` is how many the guard rows believe to be under way. */
export async function readRows(db: Db): Promise<{
  triggers: TriggerRow[];
  runs: RunRow[];
  outcomes: OutcomeRow[];
  executions: ExecutionRow[];
  openRuns: number;
}> {
  const triggers = await sql<TriggerRow>`
    SELECT c.email, t.outcome, t.reason
    FROM sequitur.triggers t JOIN sequitur.contacts c ON c.lane = t.lane AND c.id = t.contact_id`.execute(db);
  const runs = await sql<RunRow>`
    SELECT c.email, e.status, e.exit_reason
    FROM sequitur.enrollments e JOIN sequitur.contacts c ON c.lane = e.lane AND c.id = e.contact_id`.execute(
    db,
  );
  const outcomes = await sql<OutcomeRow>`
    SELECT c.email, s.step_id, s.outcome, s.reason
    FROM sequitur.enrollment_steps s JOIN sequitur.contacts c ON c.lane = s.lane AND c.id = s.contact_id`.execute(
    db,
  );
  const executions = await sql<ExecutionRow>`
    SELECT recipient_email AS email, step_id, message_id FROM sequitur.sequence_executions`.execute(db);
  const guards = await sql<{ n: number }>`
    SELECT coalesce(sum(active_enrollments), 0)::int AS n FROM sequitur.sequence_entries`.execute(db);
  return {
    triggers: triggers.rows,
    runs: runs.rows,
    outcomes: outcomes.rows,
    executions: executions.rows,
    openRuns: guards.rows[0]?.n ?? 0,
  };
}

/** The processes of PostgreSQL that serve a database's sessions. In no order. */
export async function sessionsOf(root: Db, database: string): Promise<number[]> {
  const { rows } = await sql<{ pid: number }>`
    SELECT pid FROM pg_stat_activity WHERE datname = ${database} AND pid <> pg_backend_pid()`.execute(root);
  return rows.map(({ pid }) => pid);
}
