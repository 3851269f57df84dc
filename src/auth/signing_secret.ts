import { hkdfSync, randomBytes } from 'node:crypto';
import type { Db } from '../db/database.ts';
import { keepFirstSecret } from './signing_secret.sql.ts';

/**
 * The workspace's secret, 32 bytes, made once and shared by all processes: of any number that start at the
 * same moment on a new database, one makes it and the others read it.
 */
export async function signingSecret(db: Db): Promise<Buffer> {
  return Buffer.from(await keepFirstSecret(db, randomBytes(32).toString('base64')), 'base64');
}

/** A secret for one purpose ("cursors"), derived from the workspace's (HKDF, RFC 5869): a leak stays there. */
export function secretFor(purpose: string, secret: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `sequitur ${purpose}`, 32));
}
