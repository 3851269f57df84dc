import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';

export type ApiKeyRow = {
  id: string;
  name: string;
  /** The key's first characters. */
  prefix: string;
  created_at: Date;
  created_by: { id: string; name: string } | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
};

export async function insertApiKey(
  tx: Tx,
  key: { id: string; name: string; prefix: string; hash: Buffer; createdBy: string | null },
): Promise<void> {
  await sql`
    INSERT INTO sequitur.api_keys (id, name, prefix, hash, created_by)
    VALUES (${key.id}, ${key.name}, ${key.prefix}, ${key.hash}, ${key.createdBy})`.execute(tx);
}

/** Newest first, revoked ones included. */
export async function selectApiKeys(db: Db): Promise<ApiKeyRow[]> {
  const { rows } = await sql<ApiKeyRow>`${apiKeys} ORDER BY k.created_at DESC, k.id DESC`.execute(db);
  return rows;
}

export async function selectApiKey(db: Db, id: string): Promise<ApiKeyRow | undefined> {
  const { rows } = await sql<ApiKeyRow>`${apiKeys} WHERE k.id = ${id}`.execute(db);
  return rows[0];
}

const apiKeys = sql`
  SELECT k.id, k.name, k.prefix, k.created_at, k.last_used_at, k.revoked_at,
    CASE WHEN u.id IS NOT NULL THEN jsonb_build_object('id', u.id, 'name', u.name) END AS created_by
  FROM sequitur.api_keys k LEFT JOIN sequitur.users u ON u.id = k.created_by`;

/** The key of that hash, unless it is revoked. */
export async function selectUsableKey(
  db: Db,
  hash: Buffer,
): Promise<{ id: string; name: string } | undefined> {
  const { rows } = await sql<{ id: string; name: string }>`
    SELECT id, name FROM sequitur.api_keys WHERE hash = ${hash} AND revoked_at IS NULL`.execute(db);
  return rows[0];
}

/** The key that this call revoked; undefined where there is none of that id, or it was revoked before. */
export async function revokeKey(tx: Tx, id: string): Promise<{ name: string } | undefined> {
  const { rows } = await sql<{ name: string }>`
    UPDATE sequitur.api_keys SET revoked_at = now()
    WHERE id = ${id} AND revoked_at IS NULL RETURNING name`.execute(tx);
  return rows[0];
}

/** Notes that a key is in use, unless that was noted less than a minute ago. */
export async function touchKey(db: Db, id: string): Promise<void> {
  await sql`
    UPDATE sequitur.api_keys SET last_used_at = now()
    WHERE id = ${id} AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`.execute(db);
}
