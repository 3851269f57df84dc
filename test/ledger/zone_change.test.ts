import { expect, test } from 'vitest';
import { EVERYTHING } from '../../src/analytics/filter.ts';
import { ask } from '../../src/analytics/frame.ts';
import { totals } from '../../src/analytics/totals.sql.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { activeCalendar } from '../../src/ledger/calendars.ts';
import { fold } from '../../src/ledger/fold.ts';
import { recount } from '../../src/ledger/recount.ts';
import { beginZoneChange, continueZoneChange, zoneChange } from '../../src/ledger/zone_change.ts';
import { countRows } from '../invariants/brute_force.sql.ts';
import { idOf, recordEvents, someEvents } from '../support/history.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();
const LANES = 32;
const NOW = new Date('2026-05-01T12:00:00Z');

test('while the zone changes, answers stay, writers go on, and the new days are exact in the end', async () => {
  await recordEvents(db, someEvents(120, 1));
  await fold(db, LANES, NOW);
  expect((await begin('America/New_York')).outcome).toBe('begun');

  const seen: number[] = [];
  let step = 0;
  const onStep = async () => {
    step += 1;
    if (step % 8 !== 0) return;
    seen.push((await zoneChange(db, LANES))?.lanes_done ?? -1);
    expect((await activeCalendar(db)).time_zone).toBe('Europe/Berlin');
    await recordEvents(db, someEvents(15, 100 + step));
    await fold(db, LANES, NOW);
    await expectExact('Europe/Berlin');
  };
  let switched = 0;
  await continueZoneChange(db, { onStep, onSwitched: () => (switched += 1) });
  expect(switched).toBe(1);

  expect(seen).toEqual([8, 16, 24, 32]);
  expect(await activeCalendar(db)).toMatchObject({ time_zone: 'America/New_York' });
  expect(await zoneChange(db, LANES)).toBeNull();
  await expectExact('America/New_York');
  await recordEvents(db, someEvents(15, 7));
  await expectExact('America/New_York');
  expect((await recount(db)).counters.filter((counter) => counter.differing > 0)).toEqual([]);
}, 120_000);

test('a change to the zone in force, to no zone, or beside another change begins nothing', async () => {
  const { time_zone } = await activeCalendar(db);
  expect((await begin(time_zone)).outcome).toBe('unchanged');
  expect((await begin('Mars/Olympus')).outcome).toBe('unknown_zone');
  expect((await begin('Asia/Tokyo')).outcome).toBe('begun');
  expect((await begin('Asia/Tokyo')).outcome).toBe('under_way');
  expect((await begin('Asia/Seoul')).outcome).toBe('other_change_under_way');
});

function begin(timeZone: string) {
  return inTransaction(db, (tx) => beginZoneChange(tx, timeZone));
}

async function expectExact(timeZone: string): Promise<void> {
  const days = { from: '2026-03-20', to: '2026-04-05' };
  for (const sequence of [1, 2, 3]) {
    const sequenceId = idOf(`sequence ${sequence}`);
    const answer = await ask(db, { range: days, sequenceId, now: NOW }, (question) =>
      totals(question, sequenceId, EVERYTHING),
    );
    const rows = await countRows(db, { timeZone, ...days, sequenceId, source: null });
    expect(answer).toMatchObject({ ...rows, time_zone: timeZone });
  }
}
