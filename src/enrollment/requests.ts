import { createHash } from 'node:crypto';
import type { Db } from '../db/database.ts';
import { laneOf } from '../db/lanes.ts';
import { canonicalJson } from '../lib/canonical_json.ts';
import { insertRequest, readDigest } from './requests.sql.ts';

/** What a request says: for which sequence, and what of its people. `recipients` is anything that JSON can say. */
export type Said = { sequence_id: string; recipients: unknown };

/**
 * Remembers what a request said under its key, before anything of it is done. Answers in what it differs from the
 * request that the key stands for; where it differs, nothing of it may be done.
 */
export async function keepRequest(
  db: Db,
  { request_key, said, lanes, now }: { request_key: string; said: Said; lanes: number; now: Date },
): Promise<(keyof Said)[]> {
  const lane = laneOf(request_key, lanes);
  const digest = digestOf(said);
  await insertRequest(db, lane, { request_key, digest, now });
  const kept = await readDigest(db, lane, request_key);
  return PARTS.filter((_, i) => !kept || !partOf(kept, i).equals(partOf(digest, i)));
}

const PARTS = ['sequence_id', 'recipients'] as const satisfies (keyof Said)[];
const PART_BYTES = 32;

// A digest of each part beside the other, so that a caller can be told which of them has changed.
function digestOf(said: Said): Buffer {
  return Buffer.concat(PARTS.map((part) => createHash('sha256').update(canonicalJson(said[part])).digest()));
}

function partOf(digest: Buffer, part: number): Buffer {
  return digest.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
}
