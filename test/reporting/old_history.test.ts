import { expect, test } from 'vitest';
import { listTimeline } from '../../src/analytics/timeline.sql.ts';
import { homeLane } from '../../src/contacts/directory.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { recountIn } from '../../src/ledger/recount.ts';
import { ensureWeeks, ensureWeeksAhead } from '../../src/ledger/weeks.ts';
import { openAnalytics } from '../analytics/open_server.ts';
import { aClock, anAddress, aSequence, DIRECTORY, expectCleanRecount } from '../support/factories.ts';
import { countRows, executionsOf } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { openServer } from './open_server.ts';
import { relationsLocked, rowsByPartition } from './partitions.sql.ts';

const { db } = await setup();
const clock = aClock('2026-03-02T09:00:00.000Z');
const { post } = await openServer(db, clock);
const WEEK = 7 * 86_400_000;
/** PostgreSQL's own: so many locks for each of so many connections, all told. */
const DEFAULT_LOCKS = 64 * 100;

function weeksAgo(weeks: number): string {
  return new Date(clock.now().getTime() - weeks * WEEK).toISOString();
}

test('ten years of weeks, in order and late, are few partitions, and every answer is exact', async () => {
  const sequence = await aSequence(db);
  const address = anAddress();
  await ensureWeeksAhead(db, clock.now());
  const triggersBefore = await rowsByPartition(db, 'triggers');
  const report = (weeks: number) => ({
    sequence: sequence.key,
    recipient_email: weeks % 3 === 0 ? anAddress() : address,
    executed_at: weeksAgo(weeks),
  });
  const weeks = Array.from({ length: 520 }, (_, i) => 519 - i);
  for (const executions of [
    weeks.filter((n) => n % 2 === 0).map(report),
    weeks.filter((n) => n % 2 === 1).map(report),
  ])
    expect((await post({ executions })).body).toMatchObject({ recorded: 260, refused: 0 });

  const hot = await rowsByPartition(db, 'sequence_executions');
  const old = await rowsByPartition(db, 'sequence_executions_archive');
  expect(hot.slice(0, 14).map(([, rows]) => rows)).toEqual(Array.from({ length: 14 }, () => 1));
  expect(hot[0]?.[0]).toBe('sequence_executions_w20251201');
  expect(old).toHaveLength(10);
  expect(old[9]).toEqual(['sequence_executions_archive_20250106_20251201', 47]);
  expect(await rowsByPartition(db, 'triggers')).toEqual(triggersBefore);
  expect(await executionsOf(db, sequence.id)).toHaveLength(520);

  const { get } = await openAnalytics(db, clock);
  const people = 1 + Math.ceil(520 / 3);
  const all = await get(`/api/sequences/${sequence.key}/analytics?time_range=all`);
  expect(all).toMatchObject({ total_executions: 520, unique_recipients: people });
  await expectCleanRecount(db);

  const [ada] = (await executionsOf(db, sequence.id)).filter((e) => e.recipient_email === address);
  const who = { lane: homeLane(DIRECTORY, address), contactId: ada?.contact_id ?? '' };
  const locked = await inTransaction(db, async (tx) => {
    const asked = { sequenceId: null, limit: 1_000, after: null };
    expect(await listTimeline(tx, who, asked)).toHaveLength(346);
    const ofTimeline = await relationsLocked(tx);
    await recountIn(tx);
    return { ofTimeline, ofRecount: await relationsLocked(tx) };
  });
  expect(locked.ofTimeline).toBeLessThan(DEFAULT_LOCKS / 20);
  expect(locked.ofRecount).toBeLessThan(DEFAULT_LOCKS / 10);
}, 60_000);

test('an archived execution keeps its identity', async () => {
  const sequence = await aSequence(db);
  const said = { sequence: sequence.key, recipient_email: anAddress(), executed_at: weeksAgo(300), id: '1' };
  expect((await post(said)).body.results[0]?.outcome).toBe('recorded');
  const before = await countRows(db);
  expect((await post(said)).body.results[0]?.outcome).toBe('repeated');
  expect((await post({ ...said, source: 'another' })).status).toBe(409);
  expect(await countRows(db)).toEqual(before);
  await expectCleanRecount(db);
});

test('a week that is hot already keeps getting its rows, and the years around it leave it free', async () => {
  await ensureWeeks(db, [new Date('2012-06-06T00:00:00Z')]);
  const sequence = await aSequence(db);
  const days = ['2012-06-03', '2012-06-04', '2012-06-10', '2012-06-11', '2013-01-06', '2013-01-07'];
  const executions = days.map((day) => ({
    sequence: sequence.key,
    recipient_email: anAddress(),
    executed_at: `${day}T12:00:00Z`,
  }));
  expect((await post({ executions })).body.recorded).toBe(6);
  const placed = [
    ...(await rowsByPartition(db, 'sequence_executions')),
    ...(await rowsByPartition(db, 'sequence_executions_archive')),
  ];
  expect(placed.filter(([name]) => /_(w?2012|w?2013)/.test(name))).toEqual([
    ['sequence_executions_w20120604', 2],
    ['sequence_executions_archive_20120102_20120604', 1],
    ['sequence_executions_archive_20120611_20130107', 2],
    ['sequence_executions_archive_20130107_20140106', 1],
  ]);
  await expectCleanRecount(db);
});
