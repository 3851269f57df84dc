import type { Db } from '../db/database.ts';
import { laneOf } from '../db/lanes.ts';
import { insertRequest, readDigest } from './requests.sql.ts';

/**
 * Remembers what a request said under its key, before anything of it is done. `other_content` where the key
 * stands for something else: then nothing of this request may be done.
 */
export async function keepRequest(
  db: Db,
  { request_key, digest, lanes, now }: { request_key: string; digest: Buffer; lanes: number; now: Date },
): Promise<'kept' | 'other_content'> {
  const lane = laneOf(request_key, lanes);
  await insertRequest(db, lane, { request_key, digest, now });
  const kept = await readDigest(db, lane, request_key);
  return kept?.equals(digest) ? 'kept' : 'other_content';
}
