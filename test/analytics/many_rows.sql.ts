import { sql } from 'kysely';
import type { Db } from '../../src/db/database.ts';

/** Writes `n` executions of a sequence into the week of `start`, the rows alone: a table as if it had long been there. */
export async function insertManyExecutions(
  db: Db,
  { sequenceId, n, start }: { sequenceId: string; n: number; start: Date },
): Promise<void> {
  await sql`
    INSERT INTO sequitur.sequence_executions (lane, executed_at, id, sequence_id, contact_id, recipient_email,
                                              recipient_user_id, context, source, via)
    SELECT i % 32, ${start}::timestamptz + i * interval '1 second', gen_random_uuid(), ${sequenceId},
           gen_random_uuid(), 'person' || i || '@example.com', 'user-' || i,
           jsonb_build_object('plan', 'yearly', 'note', repeat('told at length ', 10)), 'import', 'reported'
    FROM generate_series(1, ${n}::int) i`.execute(db);
}
