import { randomBytes } from 'node:crypto';
import type { Db, Tx } from '../db/database.ts';
import { newId } from '../lib/uuid.ts';
import { keepSecrets, lockSecrets, readSecrets } from './secret.sql.ts';

/** What may be told of the secret. `previous_until` is how long the one before is good beside it. */
export type SecretState = { id: string; created_at: Date; previous_until: Date | null };

/** A new secret, in the form that libraries for Standard Webhooks take: given out here, and never again. */
export type NewSecret = SecretState & { secret: string; isFirst: boolean };

/**
 * Makes a secret in place of the one there is, which stays good for `keepMs` more: whoever signs can change over
 * without a gap. Random and kept, not derived from the workspace's secret: it leaves the house, and must be replaceable.
 */
export async function renewSecret(
  tx: Tx,
  { keepMs, now }: { keepMs: number; now: Date },
): Promise<NewSecret> {
  const before = await lockSecrets(tx);
  const secret = randomBytes(32).toString('base64');
  const current = { id: newId(), secret, created_at: now.toISOString() };
  const until = new Date(now.getTime() + keepMs).toISOString();
  const previous = before && keepMs > 0 ? { secret: before.current.secret, until } : null;
  await keepSecrets(tx, { current, previous });
  return {
    id: current.id,
    created_at: now,
    previous_until: previous && new Date(previous.until),
    secret: `${PREFIX}${secret}`,
    isFirst: !before,
  };
}

/** Ends every secret: from then on nothing signed is taken. Answers the id of the one that ended; null: there was none. */
export async function removeSecret(tx: Tx): Promise<string | null> {
  const before = await lockSecrets(tx);
  await keepSecrets(tx, null);
  return before?.current.id ?? null;
}

/** Undefined where there is no secret. */
export async function secretState(db: Db, now: Date): Promise<SecretState | undefined> {
  const kept = await readSecrets(db);
  if (!kept) return undefined;
  const { current, previous } = kept;
  const until = previous && new Date(previous.until);
  const previous_until = until && until > now ? until : null;
  return { id: current.id, created_at: new Date(current.created_at), previous_until };
}

/** The secrets that are good at `now`, the newest first; empty where there is none. Read anew for each request: few come. */
export async function goodSecrets(db: Db, now: Date): Promise<Buffer[]> {
  const kept = await readSecrets(db);
  if (!kept) return [];
  const { current, previous } = kept;
  const isGood = previous !== null && new Date(previous.until) > now;
  return [current.secret, ...(isGood ? [previous.secret] : [])].map((text) => Buffer.from(text, 'base64'));
}

const PREFIX = 'whsec_';
