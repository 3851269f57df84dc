import type { Db, Tx } from '../db/database.ts';
import type { Principal } from '../http/principal.ts';
import { newId } from '../lib/uuid.ts';
import { type AuditPosition, type AuditRow, insertAuditEntry, selectAuditEntries } from './audit.sql.ts';

export type { AuditPosition, AuditRow };

/** Who made a change: somebody behind a request, or a part of Sequitur itself ("command line", "setup"). */
export type Actor = Principal | { kind: 'system'; name: string };

/** What was changed: a noun ("sequence"), and its id. */
export type AuditedObject = { type: string; id: string };

/**
 * Notes a change in the transaction that makes it, so that there is no change without its entry. `action`
 * is a noun and a verb in the past: "sequence.activated". `detail` is small and holds no secret and no
 * contact's data: the log is kept when a person is erased.
 */
export async function audit(
  tx: Tx,
  actor: Actor,
  action: string,
  object: AuditedObject | null,
  detail: Record<string, unknown> = {},
): Promise<void> {
  await insertAuditEntry(tx, {
    id: newId(),
    actor_kind: actor.kind,
    actor_id: actor.kind === 'system' ? null : actor.id,
    actor_name: actor.name,
    action,
    object_type: object?.type ?? null,
    object_id: object?.id ?? null,
    detail,
  });
}

/** Newest first, from just after `after`, at most `limit` entries; none past the end. */
export function listAuditEntries(
  db: Db,
  after: AuditPosition | undefined,
  limit: number,
): Promise<AuditRow[]> {
  return selectAuditEntries(db, after, limit);
}
