import { z } from 'zod';
import type { Db } from '../db/database.ts';
import { insertSetting, readSetting, writeSetting } from '../db/settings.sql.ts';
import type { DemoSize } from './calendar.ts';

/**
 * What says that a database is a demo's, and which. A history is made again to the letter from its seed, size
 * and end (`began_at`), so that one which was interrupted can be completed.
 */
export type DemoMark = DemoSize & { seed: string; began_at: Date; complete: boolean };

/** The mark of this database; undefined where it is no demo's. */
export async function readMark(db: Db): Promise<DemoMark | undefined> {
  const value = await readSetting(db, KEY);
  return value === undefined ? undefined : markSchema.parse(value);
}

/** Marks a database as a demo's that is to be filled, unless it is marked; answers the mark that it has then. */
export async function keepMark(db: Db, mark: DemoMark): Promise<DemoMark> {
  await insertSetting(db, KEY, mark);
  return (await readMark(db)) ?? mark;
}

export async function completeMark(db: Db, mark: DemoMark): Promise<DemoMark> {
  const complete = { ...mark, complete: true };
  await writeSetting(db, KEY, complete);
  return complete;
}

const KEY = 'demo';

const markSchema = z.object({
  seed: z.string(),
  contacts: z.int(),
  days: z.int(),
  began_at: z.iso.datetime().transform((text) => new Date(text)),
  complete: z.boolean(),
});
