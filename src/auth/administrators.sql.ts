import { sql } from 'kysely';
import type { Db, Tx } from '../db/database.ts';

export type AdministratorRow = { id: string; name: string; email: string; created_at: Date };

/**
 * Makes changes to who administers the workspace one after another, until the transaction ends: two first
 * administrators, or two who remove each other last, cannot happen.
 */
export async function lockAdministration(tx: Tx): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('sequitur.administration'))`.execute(tx);
}

export async function countAdministrators(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*) AS n FROM sequitur.users WHERE role = 'administrator'`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Oldest first. */
export async function selectAdministrators(db: Db): Promise<AdministratorRow[]> {
  const { rows } = await sql<AdministratorRow>`
    SELECT id, name, email, created_at FROM sequitur.users
    WHERE role = 'administrator' ORDER BY created_at, id`.execute(db);
  return rows;
}

/** Undefined, and no change, where the address is taken. */
export async function insertAdministrator(
  tx: Tx,
  user: { id: string; name: string; email: string },
): Promise<AdministratorRow | undefined> {
  const { rows } = await sql<AdministratorRow>`
    INSERT INTO sequitur.users (id, name, email) VALUES (${user.id}, ${user.name}, ${user.email})
    ON CONFLICT (email) DO NOTHING
    RETURNING id, name, email, created_at`.execute(tx);
  return rows[0];
}

export async function insertPassword(
  tx: Tx,
  account: { id: string; userId: string; passwordHash: string },
): Promise<void> {
  await sql`
    INSERT INTO sequitur.accounts (id, account_id, provider_id, user_id, password)
    VALUES (${account.id}, ${account.userId}, 'credential', ${account.userId}::uuid, ${account.passwordHash})`.execute(
    tx,
  );
}

/** Whose password was replaced by that of the hash; undefined, and no change, where nobody signs in with `email`. */
export async function replacePassword(
  tx: Tx,
  email: string,
  passwordHash: string,
): Promise<AdministratorRow | undefined> {
  const { rows } = await sql<AdministratorRow>`
    UPDATE sequitur.accounts a SET password = ${passwordHash}, updated_at = now()
    FROM sequitur.users u
    WHERE u.email = ${email} AND a.user_id = u.id AND a.provider_id = 'credential'
    RETURNING u.id, u.name, u.email, u.created_at`.execute(tx);
  return rows[0];
}

/** Signs somebody out everywhere. */
export async function deleteSessionsOf(tx: Tx, userId: string): Promise<void> {
  await sql`DELETE FROM sequitur.sessions WHERE user_id = ${userId}`.execute(tx);
}

/** The removed administrator, whose sessions end with the row; undefined where there is none of that id. */
export async function deleteAdministrator(tx: Tx, id: string): Promise<AdministratorRow | undefined> {
  const { rows } = await sql<AdministratorRow>`
    DELETE FROM sequitur.users WHERE id = ${id} RETURNING id, name, email, created_at`.execute(tx);
  return rows[0];
}
