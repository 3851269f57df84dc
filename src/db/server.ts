import pg from 'pg';
import { unlessAborted } from '../lib/abort.ts';
import { codeOf, DatabaseFailure, reasonOf } from './failure.ts';
import { readServerVersion } from './server.sql.ts';

const PATIENCE_MS = 10_000;
const OLDEST = 15;

/**
 * Makes sure that the database of `databaseUrl` can be used: it is reached within ten seconds, lets us in, and is not
 * too old. Throws a DatabaseFailure of one sentence otherwise, and the signal's reason when that aborts.
 *
 * By a connection of its own: what a pool throws comes later, from whatever happens to ask first.
 */
export async function assertUsable(databaseUrl: string, signal?: AbortSignal): Promise<void> {
  const limit = AbortSignal.timeout(PATIENCE_MS);
  const client = open(databaseUrl);
  try {
    const asked = client.connect().then(() => readServerVersion(client));
    const version = await unlessAborted(signal ? AbortSignal.any([signal, limit]) : limit, asked);
    if (version < OLDEST * 10_000) throw new Error(tooOld(version));
    await client.end();
  } catch (error) {
    client.connection.stream.destroy();
    signal?.throwIfAborted();
    throw unusable(databaseUrl, limit.aborted ? `it does not answer within ${PATIENCE_MS / 1000} s` : error);
  }
}

/** `databaseUrl` for people to read: without its password. */
export function withoutPassword(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  if (url.password) url.password = HIDDEN;
  if (url.searchParams.has('password')) url.searchParams.set('password', HIDDEN);
  return url.href;
}

const HIDDEN = '***';

function open(databaseUrl: string): pg.Client {
  try {
    const client = new pg.Client(databaseUrl);
    client.on('error', () => {});
    return client;
  } catch (error) {
    // Such as a certificate that the URL names and that cannot be read.
    throw unusable(databaseUrl, error);
  }
}

function unusable(databaseUrl: string, cause: unknown): DatabaseFailure {
  const why = typeof cause === 'string' ? cause : causeOf(cause);
  return new DatabaseFailure(
    `The database of DATABASE_URL, ${withoutPassword(databaseUrl)}, cannot be used: ${why}.`,
    { cause },
  );
}

/** PostgreSQL's own words serve best; the system's codes are put into words. */
function causeOf(error: unknown): string {
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'ENOENT') return 'there is no such socket';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its host name cannot be found';
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'its host cannot be reached';
  if (code === 'ETIMEDOUT') return 'it does not answer';
  return reasonOf(error) || String(code);
}

function tooOld(version: number): string {
  return `it is PostgreSQL ${Math.floor(version / 10_000)}, and Sequitur needs ${OLDEST} or later`;
}
