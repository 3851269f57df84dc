import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';
import type { Enrollment } from './enrollment.ts';

const COLUMNS = sql`
  id, sequence_id, contact_id, source, context, status, exit_reason, last_step_id, next_step_id, next_revision,
  next_entered_at, due_at, held_at, limited_by, claimed_until, claimed_step_id, claimed_revision, claimed_epoch,
  attempts, last_error, enrolled_at, finished_at`;

/** Enrollments of this lane by id. In no order; those that do not exist are missing. */
export async function readEnrollments(tx: Tx, lane: number, ids: string[]): Promise<Enrollment[]> {
  const { rows } = await sql<Enrollment>`
    SELECT ${COLUMNS} FROM sequitur.enrollments
    WHERE lane = ${lane} AND id = ANY(${ids}::uuid[])`.execute(tx);
  return rows;
}

/** These contacts' active enrollments, in one sequence or (null) in all. In no order. */
export async function activeEnrollments(
  tx: Tx,
  lane: number,
  contactIds: string[],
  sequenceId: string | null,
): Promise<Enrollment[]> {
  const { rows } = await sql<Enrollment>`
    SELECT ${COLUMNS} FROM sequitur.enrollments
    WHERE lane = ${lane} AND contact_id = ANY(${contactIds}::uuid[]) AND status = 'active'
      ${sequenceId ? sql`AND sequence_id = ${sequenceId}` : sql``}`.execute(tx);
  return rows;
}

/** The active enrollments of several contacts, each in one sequence; null has none. In no order. */
export async function activeEnrollmentsOf(
  tx: Tx,
  lane: number,
  people: { contact_id: string | null; sequence_id: string }[],
): Promise<Enrollment[]> {
  const pairs = people.filter(({ contact_id }) => contact_id !== null);
  if (pairs.length === 0) return [];
  const { rows } = await sql<Enrollment>`
    SELECT ${COLUMNS} FROM sequitur.enrollments
    WHERE lane = ${lane} AND contact_id = ANY(${pairs.map((p) => p.contact_id)}::uuid[]) AND status = 'active'
      AND (contact_id, sequence_id) IN (
        SELECT * FROM unnest(${pairs.map((p) => p.contact_id)}::uuid[], ${pairs.map((p) => p.sequence_id)}::uuid[]))
    `.execute(tx);
  return rows;
}

/**
 * Up to `limit` enrollments of the lane that are due at `now` and not claimed, or whose claim has run out by the
 * database's clock; the longest due first. Those with an exit still to be closed are among them.
 */
export async function readyEnrollments(
  tx: Tx,
  lane: number,
  now: Date,
  limit: number,
): Promise<Enrollment[]> {
  const { rows } = await sql<Enrollment>`
    SELECT ${COLUMNS} FROM sequitur.enrollments
    WHERE lane = ${lane} AND next_step_id IS NOT NULL AND held_at IS NULL
      AND greatest(due_at, claimed_until) <= greatest(${now}::timestamptz, now())
      AND due_at <= ${now} AND (claimed_until IS NULL OR claimed_until <= now())
    ORDER BY greatest(due_at, claimed_until)
    LIMIT ${limit}`.execute(tx);
  return rows;
}

/**
 * Enrollments of the lane that the limits of these domains keep back and that are due at `now`, at most `limit` of each
 * domain: those that are due longest. By domain, and then the longest due first.
 */
export async function heldBackEnrollments(
  tx: Tx,
  lane: number,
  { domains, now, limit }: { domains: readonly string[]; now: Date; limit: number },
): Promise<Enrollment[]> {
  if (domains.length === 0) return [];
  const { rows } = await sql<Enrollment>`
    SELECT e.* FROM unnest(${[...domains]}::text[]) AS d (domain)
    CROSS JOIN LATERAL (
      SELECT ${COLUMNS} FROM sequitur.enrollments
      WHERE lane = ${lane} AND limited_by = d.domain AND due_at <= ${now}
      ORDER BY due_at LIMIT ${limit}
    ) e
    ORDER BY e.limited_by, e.due_at`.execute(tx);
  return rows;
}

const MUTABLE = [
  ['status', 'text'],
  ['exit_reason', 'text'],
  ['last_step_id', 'uuid'],
  ['next_step_id', 'uuid'],
  ['next_revision', 'integer'],
  ['next_entered_at', 'timestamptz'],
  ['due_at', 'timestamptz'],
  ['held_at', 'timestamptz'],
  ['limited_by', 'text'],
  ['claimed_until', 'timestamptz'],
  ['claimed_step_id', 'uuid'],
  ['claimed_revision', 'integer'],
  ['claimed_epoch', 'bigint'],
  ['attempts', 'integer'],
  ['last_error', 'text'],
  ['finished_at', 'timestamptz'],
] as const satisfies [keyof Enrollment, string][];

/** Writes enrollments as they are now. The caller holds the lane's lock and read them under it. */
export async function writeEnrollments(tx: Tx, lane: number, enrollments: Enrollment[]): Promise<void> {
  if (enrollments.length === 0) return;
  const arrays = MUTABLE.map(
    ([column, type]) => sql`${enrollments.map((e) => e[column])}::${sql.raw(type)}[]`,
  );
  const names = MUTABLE.map(([column]) => sql.ref(column));
  const assignments = MUTABLE.map(([column]) => sql`${sql.ref(column)} = new.${sql.ref(column)}`);
  await sql`
    UPDATE sequitur.enrollments e SET ${sql.join(assignments)}
    FROM unnest(${enrollments.map((e) => e.id)}::uuid[], ${sql.join(arrays)}) AS new (id, ${sql.join(names)})
    WHERE e.lane = ${lane} AND e.id = new.id`.execute(tx);
}

/** The steps that these enrollments have outcomes for, by enrollment; one with none yet is missing. */
export async function stepsDone(
  tx: Tx,
  lane: number,
  enrollments: Enrollment[],
): Promise<Map<string, Set<string>>> {
  const begun = enrollments.filter((e) => e.last_step_id !== null);
  const done = new Map<string, Set<string>>();
  if (begun.length === 0) return done;
  const since = begun.reduce(
    (least, { enrolled_at }) => (enrolled_at < least ? enrolled_at : least),
    new Date(),
  );
  const { rows } = await sql<{ enrollment_id: string; steps: string[] }>`
    SELECT enrollment_id, array_agg(step_id) AS steps
    FROM sequitur.all_enrollment_steps
    WHERE lane = ${lane} AND enrollment_id = ANY(${begun.map((e) => e.id)}::uuid[]) AND entered_at >= ${since}
    GROUP BY enrollment_id`.execute(tx);
  for (const { enrollment_id, steps } of rows) done.set(enrollment_id, new Set(steps));
  return done;
}

/** Counts runs that are over off their guard rows. */
export async function closeRuns(
  tx: Tx,
  lane: number,
  over: { contact_id: string; sequence_id: string }[],
): Promise<void> {
  if (over.length === 0) return;
  await sql`
    UPDATE sequitur.sequence_entries g SET active_enrollments = active_enrollments - ended.n
    FROM (
      SELECT contact_id, sequence_id, count(*)::int AS n
      FROM unnest(${over.map((o) => o.contact_id)}::uuid[], ${over.map((o) => o.sequence_id)}::uuid[])
        AS o (contact_id, sequence_id)
      GROUP BY contact_id, sequence_id
    ) ended
    WHERE g.lane = ${lane} AND g.contact_id = ended.contact_id AND g.sequence_id = ended.sequence_id`.execute(
    tx,
  );
}
