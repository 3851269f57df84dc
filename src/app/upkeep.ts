import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Db } from '../db/database.ts';
import { dropIdleKeys } from '../delivery/limits/slots.sql.ts';
import { dropCaptured } from '../delivery/outbox.sql.ts';
import { dropUnconfirmed } from '../enrollment/confirmation/confirmations.sql.ts';
import { LINK_DAYS } from '../enrollment/confirmation/confirmations.ts';
import { dropRequests } from '../enrollment/requests.sql.ts';
import { drain } from '../ledger/drain.ts';
import { fold } from '../ledger/fold.ts';
import type { Recount } from '../ledger/recount.ts';
import { recountNightly, unrepairedKeys } from '../ledger/recount_runs.ts';
import { changeZoneAs } from '../ledger/time_zone.routes.ts';
import { ensureWeeksAhead } from '../ledger/weeks.ts';
import { continueZoneChange } from '../ledger/zone_change.ts';
import { createLoop } from '../lib/loop.ts';
import { gaugeRecount } from '../metrics.ts';
import type { TellTrouble } from './trouble.ts';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const CAPTURED_DAYS = 30;
const REQUEST_KEY_DAYS = 30;
const IDLE_KEYS_AT_ONCE = 1_000;
// What was written since is read row by row beside the spans.
const DRAIN_MS = 12_000;
// A change of zone says when it begins; this is the net under it.
const ZONE_MS = 60_000;
// So soon is the night's recount tried again that has failed, and so old may be the gauge of what differs.
const NIGHT_MS = 10 * 60_000;

export type UpkeepOptions = {
  db: Db;
  lanes: number;
  now: () => Date;
  /** The zone that the environment sets; null where it sets none. */
  timeZone: string | null;
  /** Hears that answers are given in another zone from here on. */
  onZoneSwitched: () => void;
  onTrouble: TellTrouble;
  log: Logger;
  metrics: Registry;
};

/** What goes on beside requests and sending. */
export type Upkeep = {
  start(): void;
  /** Has a change of zone that was begun go on at once. */
  continueZoneChange(): void;
  /** Ends all of it between two transactions. */
  stop(): Promise<void>;
};

/**
 * What is moved, made ahead of time, folded when its day is over, proven at night, and dropped when it has outlived its
 * days. Each in a loop of its own: one that fails, or takes long, keeps none of the others from its work.
 */
export function createUpkeep(options: UpkeepOptions): Upkeep {
  const { db, lanes, now, timeZone, onZoneSwitched, onTrouble, log } = options;
  const stopping = new AbortController();
  const stop = stopping.signal;
  const every = (everyMs: number, doing: string, work: () => Promise<unknown>) =>
    createLoop({
      everyMs,
      work: async () => void (await work()),
      onTrouble: (error) => onTrouble(error, doing),
    });
  const beginZoneChange = timeZone === null ? async () => {} : environmentZone(db, timeZone, log);
  const zoneChanges = every(ZONE_MS, 'changing the reporting zone', async () => {
    await beginZoneChange();
    await continueZoneChange(db, { onSwitched: onZoneSwitched, stop });
  });
  const loops = [
    zoneChanges,
    every(DRAIN_MS, 'moving counters', () => drain(db, lanes, stop)),
    every(HOUR_MS, 'making weeks ahead', () => ensureWeeksAhead(db, now())),
    every(HOUR_MS, 'folding counters', () => fold(db, lanes, now(), stop)),
    every(NIGHT_MS, 'the nightly recount', nightlyRecount(options, stop)),
    every(HOUR_MS, 'dropping what is old', () => dropOld(db, lanes, now(), stop)),
  ];
  return {
    start: () => loops.forEach((loop) => void loop.start()),
    continueZoneChange: () => zoneChanges.wake(),
    async stop() {
      stopping.abort();
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

/**
 * Begins the change to the zone that the environment of this process sets, once: when that is done, or was, another
 * process or a later start may set another zone, and two that differ would change it to and fro for ever. While another
 * change is under way it is put off.
 */
export function environmentZone(db: Db, timeZone: string, log: Logger): () => Promise<void> {
  let isSettled = false;
  let isPutOff = false;
  return async () => {
    if (isSettled) return;
    const { outcome, time_zone } = await changeZoneAs(db, { kind: 'system', name: 'TIME_ZONE' }, timeZone);
    isSettled = outcome !== 'other_change_under_way';
    if (outcome === 'begun') log.info(`TIME_ZONE is ${timeZone} now: days are counted anew`);
    if (outcome === 'unknown_zone')
      log.error(`PostgreSQL does not know TIME_ZONE ${timeZone}: days stay in ${time_zone}`);
    if (!isSettled && !isPutOff)
      log.warn(`Days are being counted anew for another zone: TIME_ZONE ${timeZone} comes after it`);
    isPutOff = !isSettled;
  };
}

/** Recounts when it is night, and tells what differs: in the log of the process that found it, at /metrics of each. */
function nightlyRecount({ db, now, log, metrics }: UpkeepOptions, stop: AbortSignal): () => Promise<void> {
  const gauge = gaugeRecount(metrics);
  return async () => {
    const found = await recountNightly(db, now(), { stop });
    if (found && found.differing > 0) log.error(whatDiffers(found));
    // Read anew each time: another process may have recounted, or somebody repaired.
    gauge(await unrepairedKeys(db));
  };
}

function whatDiffers({ differing, counters }: Recount): string {
  const keys = differing === 1 ? '1 key differs' : `${differing} keys differ`;
  const where = counters.filter((counter) => counter.differing > 0);
  const each = where.map(({ counter, differing }) => `${counter} ${differing}`).join(', ');
  const what = `The nightly recount found that ${keys} from the rows: ${each}`;
  return `${what}. \`sequitur recount\` shows which, \`sequitur recount --repair\` corrects them`;
}

async function dropOld(db: Db, lanes: number, now: Date, stop: AbortSignal): Promise<void> {
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);
  for (let lane = 0; lane < lanes && !stop.aborted; lane++) {
    await dropCaptured(db, lane, daysAgo(CAPTURED_DAYS));
    await dropRequests(db, lane, daysAgo(REQUEST_KEY_DAYS));
    await dropUnconfirmed(db, lane, daysAgo(LINK_DAYS));
  }
  while (!stop.aborted && (await dropIdleKeys(db, IDLE_KEYS_AT_ONCE)) === IDLE_KEYS_AT_ONCE);
}
