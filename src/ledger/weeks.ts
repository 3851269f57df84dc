import type { Db, Tx } from '../db/database.ts';
import { inTransaction } from '../db/transaction.sql.ts';
import { getOrMake } from '../lib/get_or_make.ts';
import { hotAmong, lockWeeks, makePart, type Part, readParts, WEEKLY, type Weekly } from './weeks.sql.ts';

const DAY = 24 * 60 * 60 * 1000;
const WEEK = 7 * DAY;
// 1970-01-05 was a Monday.
const FIRST_MONDAY = 4 * DAY;

/** How far ahead of time the server makes weeks: a pause of that length never finds one missing. */
export const WEEKS_AHEAD = 4;

/** How long executions stay hot: until the last day of their week is older than that. */
export const RETENTION_DAYS = 90;

/**
 * Makes the weekly partitions that `instants` fall in, where they are missing: of executions, triggers and steps, for
 * what happens here. Call it before the transaction.
 */
export function ensureWeeks(db: Db, instants: Iterable<Date>): Promise<void> {
  return ensureParts(db, WEEKLY, instants, Number.NEGATIVE_INFINITY);
}

/** Makes this week and the next `WEEKS_AHEAD`. */
export async function ensureWeeksAhead(db: Db, now: Date): Promise<void> {
  const ahead = Array.from({ length: WEEKS_AHEAD + 1 }, (_, i) => new Date(now.getTime() + i * WEEK));
  await ensureWeeks(db, ahead);
}

/**
 * Makes room for executions of these instants, for reports of what happened elsewhere, however long ago: the weeks of
 * the last `RETENTION_DAYS`, and by the year in the archive what is older. A partition and each of its indexes is
 * locked by every query over all of time: ten years of weeks were more than a server has locks for.
 */
export function ensureExecutionWeeks(db: Db, instants: Iterable<Date>, now: Date): Promise<void> {
  const hotSince = startOfWeek(now.getTime() - RETENTION_DAYS * DAY);
  return ensureParts(db, ['sequence_executions'], instants, hotSince);
}

/**
 * Tells which executions of `instants` go into the hot table; all others go into the archive. Asked for in the
 * transaction that writes them, under the lane's lock, since a week is moved only by whoever holds every lane's.
 */
export async function hotWeeks(tx: Tx, instants: Date[]): Promise<(at: Date) => boolean> {
  const weeks = [...new Set(instants.map((at) => startOfWeek(at.getTime())))];
  const hot = weeks.length > 0 ? await hotAmong(tx, 'sequence_executions', weeks) : new Set<number>();
  return (at) => hot.has(startOfWeek(at.getTime()));
}

/** The weeks of each table that rows can be written of, by their starts: a week that is archived still has room. */
type Known = Map<Weekly, Set<number>>;
const knownOf = new WeakMap<Db, Known>();

async function ensureParts(
  db: Db,
  tables: readonly Weekly[],
  instants: Iterable<Date>,
  hotSince: number,
): Promise<void> {
  const known = knownOf.get(db) ?? remember(new Map(), await readParts(db));
  knownOf.set(db, known);
  for (const week of new Set(Array.from(instants, (at) => startOfWeek(at.getTime())))) {
    const missing = tables.filter((table) => !known.get(table)?.has(week));
    if (missing.length === 0) continue;
    const parts = await inTransaction(db, (tx) => makeMissing(tx, missing, week, hotSince));
    remember(known, parts);
  }
}

function remember(known: Known, parts: Part[]): Known {
  for (const { table, from, before } of parts) {
    const weeks = getOrMake(known, table, () => new Set<number>());
    for (let week = startOfWeek(from); week < before; week += WEEK) weeks.add(week);
  }
  return known;
}

/** Makes what others have not made meanwhile. Answers the partitions in which rows of the week now have room. */
async function makeMissing(tx: Tx, tables: Weekly[], week: number, hotSince: number): Promise<Part[]> {
  await lockWeeks(tx);
  const all = await readParts(tx);
  const parts: Part[] = [];
  for (const table of tables) {
    const there = all.filter((part) => part.table === table);
    const found = there.find(({ from, before }) => from <= week && week < before);
    const part = found ?? partFor(table, week, hotSince, there);
    if (!found) await makePart(tx, part);
    parts.push(part);
  }
  return parts;
}

/**
 * The partition to be made for a week: itself, or its year in the archive, as far as other partitions and the weeks
 * that are still hot leave it free. A week never lies in two years here, so that hot weeks can be moved in between.
 */
function partFor(table: Weekly, week: number, hotSince: number, there: Part[]): Part {
  if (week >= hotSince) return { table, isArchive: false, from: week, before: week + WEEK };
  const year = new Date(week).getUTCFullYear();
  const ends = there.map((part) => part.before).filter((before) => before <= week);
  const begins = there.map((part) => part.from).filter((from) => from > week);
  return {
    table,
    isArchive: true,
    from: Math.max(firstMonday(year), ...ends),
    before: Math.min(firstMonday(year + 1), hotSince, ...begins),
  };
}

/** The first Monday of a year, with which its weeks begin here. */
function firstMonday(year: number): number {
  return startOfWeek(Date.UTC(year, 0, 7));
}

/** The Monday 00:00 UTC that begins the week of `ms`, in milliseconds since 1970. */
function startOfWeek(ms: number): number {
  return Math.floor((ms - FIRST_MONDAY) / WEEK) * WEEK + FIRST_MONDAY;
}
