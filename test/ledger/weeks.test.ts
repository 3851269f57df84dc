import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { readParts } from '../../src/ledger/weeks.sql.ts';
import { ensureExecutionWeeks, ensureWeeks, ensureWeeksAhead, WEEKS_AHEAD } from '../../src/ledger/weeks.ts';
import { aClock, anIntake, aSequence, aWorker, expectCleanRecount, trigger } from '../support/factories.ts';
import { executionsOf, stepsLeftOf, triggersOf, weekOf } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';

const { db, connection } = await setup();

test('what happens to the millisecond before and after Monday 00:00 UTC is kept in the week that it belongs to', async () => {
  const clock = aClock('2027-05-02T23:59:59.999Z');
  const sequence = await aSequence(db, { reentry: 'every_time' });
  const intake = anIntake(db, { clock });
  await trigger(intake, sequence);
  const later = aClock('2027-05-03T00:00:00.000Z');
  await trigger(anIntake(db, { clock: later }), sequence);
  const weeks = (await triggersOf(db, sequence.id)).map(({ id }) => weekOf(db, 'triggers', id));
  expect(await Promise.all(weeks)).toEqual(['triggers_w20270426', 'triggers_w20270503']);
  await expectCleanRecount(db);
});

test('an email that is due after months finds its week, and the day on which its wait began', async () => {
  const clock = aClock('2027-06-15T10:00:00.000Z');
  const sequence = await aSequence(db, { steps: [{}, { delay_seconds: 300 * 86_400 }] });
  await trigger(anIntake(db, { clock }), sequence);
  const worker = aWorker(db, { clock });
  await worker.runDry();
  clock.advance({ days: 300 });
  await worker.runDry();
  const at = clock.now();
  expect(await executionsOf(db, sequence.id)).toMatchObject([{}, { executed_at: at }]);
  expect(await stepsLeftOf(db, sequence.id)).toMatchObject([
    {},
    { entered_at: new Date('2027-06-15T10:00:00.000Z'), at },
  ]);
  await expectCleanRecount(db);
});

test('twenty processes that find the same weeks missing make each once, and nobody fails', async () => {
  const pools = Array.from({ length: 20 }, () => openDatabase(connection, { max: 1 }));
  onTestFinished(async () => void (await Promise.all(pools.map((pool) => pool.destroy()))));
  const weeks = ['2031-01-06', '1969-12-29', '2031-01-13'].map((day) => new Date(`${day}T12:00:00Z`));
  await Promise.all(pools.map((pool) => ensureWeeks(pool, weeks)));
  const clock = aClock('2031-01-12T23:00:00.000Z');
  const sequence = await aSequence(db);
  await trigger(anIntake(db, { clock }), sequence);
  const [first] = await triggersOf(db, sequence.id);
  expect(await weekOf(db, 'triggers', first?.id ?? '')).toBe('triggers_w20310106');
});

test('twenty processes that take in old reports at once make each year once', async () => {
  const pools = Array.from({ length: 20 }, () => openDatabase(connection, { max: 1 }));
  onTestFinished(async () => void (await Promise.all(pools.map((pool) => pool.destroy()))));
  const now = new Date('2031-01-12T23:00:00Z');
  const days = ['2021-03-05', '2020-12-31', '2030-12-31', '2021-01-04', '2030-06-30'];
  const instants = days.map((day) => new Date(`${day}T12:00:00Z`));
  await Promise.all(pools.map((pool) => ensureExecutionWeeks(pool, instants, now)));
  const archived = (await readParts(db)).filter(({ isArchive }) => isArchive);
  const spans = archived.map(({ from, before }) =>
    [from, before].map((at) => new Date(at).toISOString().slice(0, 10)),
  );
  expect(spans.toSorted()).toEqual([
    ['2020-01-06', '2021-01-04'],
    ['2021-01-04', '2022-01-03'],
    ['2030-01-07', '2030-10-14'],
  ]);
});

test('the weeks ahead are there before anybody needs them', async () => {
  await ensureWeeksAhead(db, new Date('2032-03-01T00:00:00Z'));
  const last = new Date(Date.parse('2032-03-01T00:00:00Z') + WEEKS_AHEAD * 7 * 86_400_000);
  const clock = aClock(last.toISOString());
  const sequence = await aSequence(db);
  const answer = await trigger(anIntake(db, { clock }), sequence);
  expect(await weekOf(db, 'triggers', answer.trigger_id)).toBe('triggers_w20320329');
});
