import type pg from 'pg';

/** The database and its owner, an ordinary role as on any hosted PostgreSQL; it may make databases, for tests. */
export const APPLICATION = 'sequitur';

// Two advisory locks in the database `postgres`, where the application takes none.
const TENANCY_LOCK = 7_233_041;
const PROVISION_LOCK = 7_233_042;

/**
 * Counts this session among the server's tenants until it ends, however it ends. False when the last tenant before
 * us is just stopping the server.
 */
export function enter(client: pg.Client): Promise<boolean> {
  return isGranted(client, `SELECT pg_try_advisory_lock_shared(${TENANCY_LOCK}) AS granted`);
}

/**
 * Ends this session's tenancy. True when there is no other tenant, and from then on `enter` refuses everyone,
 * so that the server may be stopped. Of several that leave at once, the one that asks last is told true.
 */
export async function leave(client: pg.Client): Promise<boolean> {
  await client.query(`SELECT pg_advisory_unlock_shared(${TENANCY_LOCK})`);
  return isGranted(client, `SELECT pg_try_advisory_lock(${TENANCY_LOCK}) AS granted`);
}

async function isGranted(client: pg.Client, question: string): Promise<boolean> {
  const { rows } = await client.query<{ granted: boolean }>(question);
  return rows[0]?.granted === true;
}

/** Makes the application's role and database where they are missing; any number of sessions may do so at once. */
export async function provision(client: pg.Client): Promise<void> {
  if (await isProvisioned(client)) return;
  await client.query(`SELECT pg_advisory_lock(${PROVISION_LOCK})`);
  try {
    await client.query(`
      DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '${APPLICATION}') THEN
          CREATE ROLE ${APPLICATION} LOGIN CREATEDB;
        END IF;
      END $$`);
    if (!(await isProvisioned(client)))
      await client.query(`CREATE DATABASE ${APPLICATION} OWNER ${APPLICATION}`);
  } finally {
    await client.query(`SELECT pg_advisory_unlock(${PROVISION_LOCK})`);
  }
}

/** Writes what is only in memory and in the log to the data files. For superusers. */
export async function checkpoint(client: pg.Client): Promise<void> {
  await client.query('CHECKPOINT');
}

function isProvisioned(client: pg.Client): Promise<boolean> {
  return isGranted(
    client,
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = '${APPLICATION}') AS granted`,
  );
}
