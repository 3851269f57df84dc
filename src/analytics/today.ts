import type { Db } from '../db/database.ts';
import { readToday, type Today } from './today.sql.ts';

export type { Today };

/**
 * The present reporting day, asked of the database once a day: PostgreSQL alone says when it ends. `forget` makes
 * the next question ask again, as after a change of zone.
 */
export function openToday(db: Db, now: () => Date): { today: () => Promise<Today>; forget: () => void } {
  let known: Promise<Today> | undefined;
  return {
    async today() {
      const today = await (known ??= readToday(db, now()));
      if (now() >= today.ends_at) {
        known = readToday(db, now());
        return known;
      }
      return today;
    },
    forget() {
      known = undefined;
    },
  };
}
