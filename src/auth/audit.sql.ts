import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';

export type AuditRow = {
  id: string;
  at: Date;
  actor_kind: 'administrator' | 'api_key' | 'system';
  actor_id: string | null;
  actor_name: string | null;
  action: string;
  object_type: string | null;
  object_id: string | null;
  detail: Record<string, unknown>;
};

/** Where a page of the audit log ended. */
export type AuditPosition = { at: Date; id: string };

export async function insertAuditEntry(tx: Tx, row: Omit<AuditRow, 'at'>): Promise<void> {
  await sql`
    INSERT INTO sequitur.audit_log
      (id, actor_kind, actor_id, actor_name, action, object_type, object_id, detail)
    VALUES (${row.id}, ${row.actor_kind}, ${row.actor_id}, ${row.actor_name}, ${row.action},
      ${row.object_type}, ${row.object_id}, ${JSON.stringify(row.detail)}::jsonb)`.execute(tx);
}

/** Newest first, from just after `after`, at most `limit` entries; none past the end. */
export async function selectAuditEntries(
  db: Db,
  after: AuditPosition | undefined,
  limit: number,
): Promise<AuditRow[]> {
  const beyond = after ? sql`WHERE (at, id) < (${after.at}::timestamptz, ${after.id}::uuid)` : sql``;
  const { rows } = await sql<AuditRow>`
    SELECT id, at, actor_kind, actor_id, actor_name, action, object_type, object_id, detail
    FROM sequitur.audit_log ${beyond}
    ORDER BY at DESC, id DESC
    LIMIT ${limit}`.execute(db);
  return rows;
}
