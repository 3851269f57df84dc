import { afterAll, expect, test } from 'vitest';
import { EVERYTHING } from '../../src/analytics/filter.ts';
import type { Question } from '../../src/analytics/frame.ts';
import { totals, totalsBySource, totalsOfWorkspace } from '../../src/analytics/totals.sql.ts';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { inSnapshot, inTransaction } from '../../src/db/transaction.sql.ts';
import { activeCalendar } from '../../src/ledger/calendars.ts';
import { drain } from '../../src/ledger/drain.ts';
import { fold } from '../../src/ledger/fold.ts';
import { recountIn } from '../../src/ledger/recount.ts';
import { beginZoneChange, continueZoneChange } from '../../src/ledger/zone_change.ts';
import { countRows } from '../invariants/brute_force.sql.ts';
import { expectCleanRecount } from '../support/factories.ts';
import { idOf, recordEvents, someEvents } from '../support/history.ts';
import { setup } from '../support/setup.ts';

const { db, connection } = await setup();
const LANES = 32;
const NOW = new Date('2026-04-10T12:00:00Z');

const pools: Db[] = [];
afterAll(() => Promise.all(pools.map((pool) => pool.destroy())));

/** A connection of its own, as another process has. */
function aProcess(): Db {
  const pool = openDatabase(connection, { max: 1 });
  pools.push(pool);
  return pool;
}

/** Three processes record, some of it late and the same contacts' all three; resolves when all have. */
async function writing(seed: number): Promise<void> {
  const writers = [1, 2, 3].map(async (writer) => {
    const process = aProcess();
    for (let batch = 0; batch < 6; batch += 1)
      await recordEvents(process, someEvents(25, seed + writer * 100 + batch));
  });
  await Promise.all(writers);
}

/** Does `work` again and again, each time from a connection of its own, until `until` is over. Answers how often. */
async function again(until: Promise<unknown>, work: (process: Db) => Promise<unknown>): Promise<number> {
  const process = aProcess();
  let isOver = false;
  const over = until.finally(() => (isOver = true));
  let times = 0;
  for (; !isOver; times += 1) await work(process);
  await over;
  return times;
}

/** Fails unless every counter and the answers from it are what the rows say, as one snapshot sees both. */
function lookAtOneMoment(process: Db): Promise<void> {
  return inSnapshot(process, async (tx) => {
    const { counters } = await recountIn(tx);
    expect(counters.filter(({ differing }) => differing > 0)).toEqual([]);
    const { id, time_zone } = await activeCalendar(tx);
    for (const days of [
      { from: '2026-03-12', to: '2026-04-21' },
      { from: '2026-03-25', to: '2026-04-08' },
    ])
      await compareAnswers({ tx, calendar_id: id, days, firstDay: null }, time_zone);
  });
}

async function compareAnswers(question: Question, timeZone: string): Promise<void> {
  const { tx, days } = question;
  const rows = (sequenceId: string | null, source: string | null) =>
    countRows(tx, { timeZone, ...days, sequenceId, source });
  expect(await totalsOfWorkspace(question)).toEqual(await rows(null, null));
  for (const sequence of [1, 2, 3]) {
    const sequenceId = idOf(`sequence ${sequence}`);
    expect(await totals(question, sequenceId, EVERYTHING)).toEqual(await rows(sequenceId, null));
    for (const { source, ...counted } of await totalsBySource(question, sequenceId))
      expect(counted).toEqual(await rows(sequenceId, source));
  }
}

test('while several record, two move counters into spans and one folds, no moment shows another sum', async () => {
  const written = writing(1_000);
  const [drained, , folded, seen] = await Promise.all([
    again(written, (process) => drain(process, LANES)),
    again(written, (process) => drain(process, LANES)),
    again(written, (process) => fold(process, LANES, NOW)),
    again(written, lookAtOneMoment),
  ]);
  for (const times of [drained, folded, seen]) expect(times).toBeGreaterThan(1);
  await drain(db, LANES);
  await fold(db, LANES, NOW);
  await lookAtOneMoment(db);
}, 120_000);

test('the same while the reporting zone is changed by two processes', async () => {
  const begun = await inTransaction(db, (tx) => beginZoneChange(tx, 'America/New_York'));
  expect(begun.outcome).toBe('begun');
  const changed = Promise.all([writing(5_000), ...[1, 2].map(() => continueZoneChange(aProcess()))]);
  const [, , seen] = await Promise.all([
    again(changed, (process) => drain(process, LANES)),
    again(changed, (process) => fold(process, LANES, NOW)),
    again(changed, lookAtOneMoment),
  ]);
  expect(seen).toBeGreaterThan(1);
  expect(await activeCalendar(db)).toMatchObject({ time_zone: 'America/New_York' });
  await continueZoneChange(db);
  await expectCleanRecount(db);
  await lookAtOneMoment(db);
}, 120_000);
