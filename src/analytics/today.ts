import type { Db } from '../db/database.ts';
import { readToday, type Today } from './today.sql.ts';

export type { Today };

/**
 * The present reporting day, asked of the database once a day: PostgreSQL alone says when it ends. `forget` makes
 * the next question ask again, as after a change of zone.
 */
export function openToday(db: Db, now: () => Date): { today: () => Promise<Today>; forget: () => void } {
  let known: Today | undefined;
  return {
    async today() {
      if (!known || now() >= known.ends_at) known = await readToday(db, now());
      return known;
    },
    forget() {
      known = undefined;
    },
  };
}
