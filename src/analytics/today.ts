import type { Db } from '../db/database.ts';
import { readToday, type Today } from './today.sql.ts';

export type { Today };

/**
 * The present reporting day, asked of the database once a day: PostgreSQL alone says when it ends. `forget` makes
 * the next question ask again, as after a change of zone.
 */
export function openToday(db: Db, now: () => Date): { today: () => Promise<Today>; forget: () => void } {
  let known: Today | undefined;
  let forgotten = 0;
  return {
    async today() {
      if (known && now() < known.ends_at) return known;
      const before = forgotten;
      const read = await readToday(db, now());
      // What was read before it was to be forgotten is not kept.
      if (before === forgotten) known = read;
      return read;
    },
    forget() {
      known = undefined;
      forgotten += 1;
    },
  };
}
