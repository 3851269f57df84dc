import { sql } from 'kysely';
import type { Db } from '../db/database.ts';

/** Something that happened with one person, in one sequence. */
export type TimelineEntry = {
  at: Date;
  kind:
    | 'triggered'
    | 'not_started'
    | 'sent'
    | 'skipped'
    | 'failed'
    | 'exited'
    | 'bounced'
    | 'soft_bounced'
    | 'complained';
  /** Of the trigger, the execution, the step, or the bounce or complaint. */
  id: string;
  /** The run whose step it is; `id` again for what is no step's. */
  run: string;
  /** Null for a bounce or complaint of which only the address is known. */
  sequence_id: string | null;
  sequence_name: string | null;
  /** The empty text for bounces and complaints: they come by themselves. */
  source: string;
  /** Why something was not started, skipped, failed or ended; the empty text where there is nothing to say. */
  reason: string;
  step_id: string | null;
  revision: number | null;
  subject: string | null;
  /** What an outside sender calls the step; null for one made here. */
  step_name: string | null;
  via: string | null;
  /** The mail server's words to what failed, was skipped after tries, or came back. */
  reply: string | null;
};

/** Where a page of a timeline ends: its last entry. Two runs may leave the same step at the same moment. */
export type TimelinePlace = { at: string; id: string; run: string };

/**
 * What happened with a contact, in one sequence or (null) in all, the newest first, after `after`: triggers,
 * emails, steps that ended otherwise, bounces and complaints. Hot and archived rows as one.
 */
export async function listTimeline(
  db: Db,
  { lane, contactId }: { lane: number; contactId: string },
  asked: { sequenceId: string | null; limit: number; after: TimelinePlace | null },
): Promise<TimelineEntry[]> {
  const { sequenceId, limit, after } = asked;
  const ofSequence = sequenceId ? sql`AND sequence_id = ${sequenceId}` : sql``;
  const place = after
    ? sql`WHERE (at, id, run) < (${after.at}::timestamptz, ${after.id}::uuid, ${after.run}::uuid)`
    : sql``;
  const { rows } = await sql<TimelineEntry>`
    SELECT e.at, e.kind, e.id, e.run, e.sequence_id, s.name AS sequence_name, e.source, e.reason, e.step_id, e.revision,
           r.subject, o.name AS step_name, e.via, e.reply
    FROM (
      SELECT * FROM (
        SELECT occurred_at AS at, CASE outcome WHEN 'accepted' THEN 'triggered' ELSE 'not_started' END AS kind, id,
               id AS run, sequence_id, source, reason, NULL::uuid AS step_id, NULL::int AS revision, NULL AS via,
               NULL AS reply
        FROM sequitur.all_triggers WHERE lane = ${lane} AND contact_id = ${contactId} ${ofSequence}
        UNION ALL
        SELECT executed_at, 'sent', id, id, sequence_id, source, '', step_id, revision, via, NULL
        FROM sequitur.all_executions WHERE lane = ${lane} AND contact_id = ${contactId} ${ofSequence}
        UNION ALL
        SELECT at, outcome, step_id, enrollment_id, sequence_id, source, reason, step_id, revision, NULL, reply
        FROM sequitur.all_enrollment_steps
        WHERE lane = ${lane} AND outcome <> 'sent' ${ofSequence}
          AND enrollment_id IN (
            SELECT id FROM sequitur.enrollments WHERE lane = ${lane} AND contact_id = ${contactId})
        UNION ALL
        SELECT occurred_at, CASE WHEN type = 'complaint' THEN 'complained' WHEN kind = 'soft' THEN 'soft_bounced'
                            ELSE 'bounced' END,
               id, id, sequence_id, '', reason, step_id, revision, via, reply
        FROM sequitur.feedback WHERE lane = ${lane} AND contact_id = ${contactId} ${ofSequence}
      ) happened
      ${place}
      ORDER BY at DESC, id DESC, run DESC
      LIMIT ${limit}
    ) e
    LEFT JOIN sequitur.sequences s ON s.id = e.sequence_id
    LEFT JOIN sequitur.step_revisions r ON r.step_id = e.step_id AND r.revision = e.revision
    LEFT JOIN sequitur.reported_steps o ON o.id = e.step_id
    ORDER BY e.at DESC, e.id DESC, e.run DESC`.execute(db);
  return rows;
}
