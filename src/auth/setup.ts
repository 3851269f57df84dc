import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Db } from '../db/database.ts';
import {
  type AdministratorRow,
  createFirstAdministrator,
  hasAdministrator,
  type NewAdministrator,
} from './administrators.ts';
import { deleteSetupLink, keepSetupLink, selectSetupLink } from './setup.sql.ts';

export type SetupLink = { outcome: 'link'; url: string; expires_at: Date };

/**
 * The link by which the first administrator is made, for printing at start; `not_needed` once there is one.
 * It works once, for a day, and only the newest works: of many processes that start on an empty database,
 * the last one's.
 */
export async function prepareSetupLink(
  db: Db,
  { publicUrl, now }: { publicUrl: string; now: Date },
): Promise<SetupLink | { outcome: 'not_needed' }> {
  if (await hasAdministrator(db)) return { outcome: 'not_needed' };
  const token = randomBytes(32).toString('base64url');
  const expires_at = new Date(now.getTime() + LINK_LIFE_MS);
  await keepSetupLink(db, { token_hash: hashOf(token).toString('hex'), expires_at });
  return { outcome: 'link', url: new URL(`/setup?token=${token}`, publicUrl).href, expires_at };
}

export type TokenState = 'valid' | 'unknown' | 'expired' | 'already_set_up';

/** Whether `token` may still set up this workspace. `unknown` includes the link of an earlier start. */
export async function checkSetupToken(db: Db, token: string, now: Date): Promise<TokenState> {
  if (await hasAdministrator(db)) return 'already_set_up';
  const link = await selectSetupLink(db);
  if (!link || !timingSafeEqual(Buffer.from(link.token_hash, 'hex'), hashOf(token))) return 'unknown';
  return link.expires_at > now ? 'valid' : 'expired';
}

export type Setup =
  | { outcome: 'set_up'; administrator: AdministratorRow }
  | { outcome: Exclude<TokenState, 'valid'> };

/** Makes the first administrator for whoever holds the link. Of two at the same moment one succeeds. */
export async function completeSetup(
  db: Db,
  token: string,
  fields: NewAdministrator,
  now: Date,
): Promise<Setup> {
  const state = await checkSetupToken(db, token, now);
  if (state !== 'valid') return { outcome: state };
  const made = await createFirstAdministrator(db, fields, { kind: 'system', name: 'setup' });
  if (made.outcome !== 'created') return { outcome: 'already_set_up' };
  await deleteSetupLink(db);
  return { outcome: 'set_up', administrator: made.administrator };
}

const LINK_LIFE_MS = 24 * 60 * 60 * 1000;

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
