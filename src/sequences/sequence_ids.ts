import { LRUCache } from 'lru-cache';
import type { Db } from '../db/database.ts';
import { findSequence } from './sequences.ts';

// A key is its sequence's for life, so this only bounds how long one that is taken away is still found.
const KNOWN_MS = 1_000;

/**
 * Answers the id of the sequence of an id or key, undefined where there is none. One that was found is known for a
 * second: of a rush of triggers each would ask for it, which is as much work as a trigger among many is.
 */
export function openSequenceIds(db: Db): (idOrKey: string) => Promise<string | undefined> {
  const known = new LRUCache<string, string>({ max: 1_000, ttl: KNOWN_MS });
  return async (idOrKey) => {
    const had = known.get(idOrKey);
    if (had) return had;
    const sequence = await findSequence(db, idOrKey);
    if (sequence) known.set(idOrKey, sequence.id);
    return sequence?.id;
  };
}
