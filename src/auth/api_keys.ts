import { createHash, randomInt } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.sql.ts';
import type { ApiKey } from '../http/principal.ts';
import { newId } from '../lib/uuid.ts';
import {
  type ApiKeyRow,
  insertApiKey,
  revokeKey,
  selectApiKey,
  selectApiKeys,
  selectUsableKey,
  touchKey,
} from './api_keys.sql.ts';
import { type Actor, audit } from './audit.ts';

export type { ApiKeyRow };

/** What a key is for, in its maker's words. */
export const apiKeyNameSchema = z.string().trim().min(1).max(100);

/** A new key. `secret` is what programs send; it is given out here and can never be read again. */
export type NewApiKey = { id: string; name: string; prefix: string; secret: string };

/**
 * Makes a key; `name` has passed `apiKeyNameSchema`. `sq_` and 43 letters and digits: 256 bits, selected whole by a
 * double click.
 */
export async function createApiKey(
  db: Db,
  { name, createdBy }: { name: string; createdBy: Actor },
): Promise<NewApiKey> {
  const secret = `sq_${Array.from({ length: 43 }, () => base62[randomInt(base62.length)]).join('')}`;
  const key = { id: newId(), name, prefix: secret.slice(0, PREFIX_LENGTH), secret };
  await inTransaction(db, async (tx) => {
    const creator = createdBy.kind === 'administrator' ? createdBy.id : null;
    await insertApiKey(tx, { ...key, hash: hashOf(secret), createdBy: creator });
    await audit(
      tx,
      createdBy,
      'api_key.created',
      { type: 'api_key', id: key.id },
      { name, prefix: key.prefix },
    );
  });
  return key;
}

/** Newest first, revoked ones included. */
export function listApiKeys(db: Db): Promise<ApiKeyRow[]> {
  return selectApiKeys(db);
}

/** Ends a key. Revoking it again changes nothing and is no failure. */
export async function revokeApiKey(db: Db, id: string, actor: Actor): Promise<'revoked' | 'not_found'> {
  if (!(await selectApiKey(db, id))) return 'not_found';
  await inTransaction(db, async (tx) => {
    const revoked = await revokeKey(tx, id);
    if (revoked) await audit(tx, actor, 'api_key.revoked', { type: 'api_key', id }, revoked);
  });
  return 'revoked';
}

/** Recognises keys, remembering those that it has seen lately. */
export type ApiKeyVerifier = {
  /** The key's principal; undefined where there is no such key, or it is revoked. */
  verify(secret: string): Promise<ApiKey | undefined>;
  /** Forgets a key at once. Call it after a revocation; other processes notice within ten seconds. */
  forget(id: string): void;
  /** Ends when the uses noted so far are written. */
  close(): Promise<void>;
};

/** `onError` is told when noting a key's use fails, which stops no request. */
export function createApiKeyVerifier(db: Db, onError: (error: unknown) => void): ApiKeyVerifier {
  // A map from hashes: to find a secret in it by the time that a comparison takes, one would have to choose
  // its SHA-256.
  const known = new LRUCache<string, ApiKey>({ max: 1_000, ttl: CACHE_MS });
  const noted = new LRUCache<string, true>({ max: 1_000, ttl: NOTE_EVERY_MS });
  const writes = new Set<Promise<void>>();
  let revocations = 0;

  const lookUp = async (hash: Buffer): Promise<ApiKey | undefined> => {
    const before = revocations;
    const row = await selectUsableKey(db, hash);
    if (!row) return undefined;
    const key: ApiKey = { kind: 'api_key', ...row };
    // A revocation meanwhile may have been of this very key, read just before it.
    if (revocations === before) known.set(hash.toString('base64'), key);
    return key;
  };
  const noteUse = (id: string): void => {
    if (noted.has(id)) return;
    noted.set(id, true);
    const write = touchKey(db, id).catch(onError);
    writes.add(write);
    void write.finally(() => writes.delete(write));
  };
  return {
    async verify(secret) {
      if (!form.test(secret)) return undefined;
      const hash = hashOf(secret);
      const key = known.get(hash.toString('base64')) ?? (await lookUp(hash));
      if (key) noteUse(key.id);
      return key;
    },
    forget(id) {
      revocations += 1;
      for (const [hash, key] of known.entries()) if (key.id === id) known.delete(hash);
    },
    async close() {
      await Promise.all(writes);
    },
  };
}

const PREFIX_LENGTH = 11;
const CACHE_MS = 10_000;
const NOTE_EVERY_MS = 60_000;
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const form = /^sq_[0-9A-Za-z]{43}$/;

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
