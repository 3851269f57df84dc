import { expect, test } from 'vitest';
import type { Days } from '../../src/analytics/range.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { changeUnusedZone } from '../../src/ledger/calendars.sql.ts';
import { fold } from '../../src/ledger/fold.ts';
import { dayIn, daysAfter } from '../invariants/counted_by_hand.ts';
import { clearLedger } from '../invariants/ledger_rows.sql.ts';
import { aClock, aSequence, expectCleanRecount } from '../support/factories.ts';
import { type Event, recordEvents } from '../support/history.ts';
import { setup } from '../support/setup.ts';
import { openAnalytics } from './open_server.ts';

const { db } = await setup();
const clock = aClock('2026-12-31T12:00:00.000Z');
const { get, text, pagesOf, forgetToday } = await openAnalytics(db, clock);
const { id: sequenceId, key } = await aSequence(db);
const url = `/api/sequences/${key}/analytics`;

type Series = Days & { points: { date: string; executions: number; unique_recipients: number }[] };
type Row = { executed_at: string };

/** Begins anew in another zone, with an email every quarter of an hour from the day before `day` to the one after. */
async function emailsAround(timeZone: string, day: string): Promise<Date[]> {
  await clearLedger(db);
  expect(await inTransaction(db, (tx) => changeUnusedZone(tx, timeZone))).toBe(true);
  forgetToday();
  const start = Date.parse(daysAfter(day, -2));
  const instants = Array.from({ length: 5 * 96 }, (_, i) => new Date(start + i * 15 * 60_000));
  const events = instants.map((at, i): Event => {
    return { contact: i % 7, sequence: 1, source: 'api', at, step: 0, key: `${timeZone} ${i}` };
  });
  await recordEvents(db, events, sequenceId);
  return instants;
}

test.for([
  ['Europe/Berlin', '2026-03-29', 23, 'summer time begins'],
  ['Europe/Berlin', '2026-10-25', 25, 'summer time ends'],
  ['America/New_York', '2026-03-08', 23, 'summer time begins'],
  ['America/New_York', '2026-11-01', 25, 'summer time ends'],
  ['Asia/Kolkata', '2026-03-29', 24, 'days begin at half past the hour of Greenwich'],
  ['Australia/Lord_Howe', '2026-04-05', 24.5, 'half an hour is put back'],
  ['Africa/Cairo', '2026-04-24', 23, 'there is no midnight'],
  ['Atlantic/Azores', '2026-10-25', 25, 'midnight comes twice'],
  ['America/Havana', '2026-11-01', 25, 'midnight comes twice'],
  ['Pacific/Apia', '2011-12-31', 24, 'the day before was skipped'],
] as const)('in %s %s has %d hours: %s', async ([timeZone, day, hours]) => {
  const instants = await emailsAround(timeZone, day);
  const dayOf = dayIn(timeZone);
  const before = daysAfter(day, -1);
  const days = [before, day, daysAfter(day, 1)];
  const counted = days.map((date) => instants.filter((at) => dayOf(at) === date).length);
  expect(counted[1]).toBe(hours * 4);

  const range = `from=${before}&to=${days[2]}`;
  const { points } = await get<Series>(`${url}/series?${range}`);
  expect(points.map(({ date, executions }) => ({ date, executions }))).toEqual(
    days.map((date, i) => ({ date, executions: counted[i] })),
  );
  for (const [i, date] of days.entries()) {
    const rows = await pagesOf<Row>(`${url}/executions?from=${date}&to=${date}`, 'executions', {
      limit: 200,
    });
    expect(rows.map(({ executed_at }) => dayOf(new Date(executed_at)))).toEqual(Array(counted[i]).fill(date));
    const file = await text(`${url}/executions.csv?from=${date}&to=${date}`);
    expect(file.trim().split('\r\n')).toHaveLength(1 + rows.length);
  }
  await fold(db, 32, clock.now());
  expect((await get<Series>(`${url}/series?${range}`)).points).toEqual(points);
  await expectCleanRecount(db);
});

test('today is the day that the reporting zone has, and a range by name ends with it', async () => {
  await emailsAround('America/Havana', '2026-11-01');
  const atTheTurn = aClock('2026-11-01T03:59:59.999Z');
  const { get: ask } = await openAnalytics(db, atTheTurn);
  const shown = async () => {
    const { from, to } = await ask<Series>(`${url}/series?time_range=7d`);
    return { from, to };
  };
  expect(await shown()).toEqual({ from: '2026-10-25', to: '2026-10-31' });
  // The first of two midnights, and the second.
  for (const seconds of [0.001, 3_600]) {
    atTheTurn.advance({ seconds });
    expect(await shown()).toEqual({ from: '2026-10-26', to: '2026-11-01' });
  }
});

test('a week begins on Monday and a month on its first day, in the days of the zone', async () => {
  const instants = await emailsAround('Asia/Kolkata', '2026-03-01');
  const dayOf = dayIn('Asia/Kolkata');
  const between = (from: string, to: string) =>
    instants.filter((at) => from <= dayOf(at) && dayOf(at) <= to).length;
  const { points: weeks } = await get<Series>(`${url}/series?interval=week&from=2026-02-26&to=2026-03-03`);
  expect(weeks.map(({ date, executions }) => [date, executions])).toEqual([
    ['2026-02-26', between('2026-02-26', '2026-03-01')],
    ['2026-03-02', between('2026-03-02', '2026-03-03')],
  ]);
  const { points: months } = await get<Series>(`${url}/series?interval=month&from=2026-02-26&to=2026-03-03`);
  expect(months.map(({ date, executions }) => [date, executions])).toEqual([
    ['2026-02-26', between('2026-02-26', '2026-02-28')],
    ['2026-03-01', between('2026-03-01', '2026-03-03')],
  ]);
});
