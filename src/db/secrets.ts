import { randomBytes } from 'node:crypto';
import type { Db } from './database.ts';
import { insertSetting, readSetting } from './settings.sql.ts';

export type SecretName = 'address' | 'link' | 'session' | 'cursor';

/**
 * A signing secret of 32 bytes, made once and shared by all processes through the settings.
 * Twenty processes that ask at once get the same one.
 */
export async function secret(db: Db, name: SecretName): Promise<Buffer> {
  const key = `secret.${name}`;
  const found = await readSetting(db, key);
  if (typeof found === 'string') return Buffer.from(found, 'base64');
  await insertSetting(db, key, randomBytes(32).toString('base64'));
  return secret(db, name);
}
