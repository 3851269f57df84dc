import type { Db } from '../db/database.ts';
import { readSetting, writeSetting } from '../db/settings.sql.ts';

const KEY = 'mail_sent_through';

/** Notes that mail of this database has left through a mail server, `host:port`. */
export function markSent(db: Db, server: string): Promise<void> {
  return writeSetting(db, KEY, server);
}

/** The mail server, `host:port`, through which mail of this database left last; null where none ever did. */
export async function lastSentThrough(db: Db): Promise<string | null> {
  const server = await readSetting(db, KEY);
  return typeof server === 'string' ? server : null;
}
