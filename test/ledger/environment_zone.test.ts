import { pino } from 'pino';
import { expect, test } from 'vitest';
import { environmentZone } from '../../src/app/upkeep.ts';
import { listAuditEntries } from '../../src/auth/audit.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { activeCalendar, confirmTimeZone, knownZone } from '../../src/ledger/calendars.ts';
import { beginZoneChange, continueZoneChange } from '../../src/ledger/zone_change.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();

function aProcessWith(timeZone: string) {
  const lines: string[] = [];
  const log = pino({ base: null, timestamp: false }, { write: (line) => lines.push(JSON.parse(line).msg) });
  const begin = environmentZone(db, timeZone, log);
  const turn = async () => {
    await begin();
    await continueZoneChange(db);
  };
  return { turn, begin, lines };
}

const zone = async () => (await activeCalendar(db)).time_zone;

test('TIME_ZONE counts days anew once a start, and two processes that differ do not fight over it', async () => {
  const first = aProcessWith('Asia/Tokyo');
  const second = aProcessWith('Asia/Kolkata');
  await first.begin();
  expect(first.lines).toEqual(['TIME_ZONE is Asia/Tokyo now: days are counted anew']);
  await second.begin();
  await second.begin();
  expect(second.lines).toEqual([
    'Days are being counted anew for another zone: TIME_ZONE Asia/Kolkata comes after it',
  ]);
  await first.turn();
  expect(await zone()).toBe('Asia/Tokyo');
  for (const { turn } of [second, first, second, first]) await turn();
  expect(await zone()).toBe('Asia/Kolkata');
  expect([first.lines.length, second.lines.length]).toEqual([1, 2]);
  const entries = await listAuditEntries(db, undefined, 10);
  const by = { actor_kind: 'system', actor_name: 'TIME_ZONE', action: 'workspace.time_zone_changed' };
  expect(entries).toMatchObject([
    { ...by, detail: { time_zone: 'Asia/Kolkata', before: 'Asia/Tokyo' } },
    { ...by, detail: { time_zone: 'Asia/Tokyo', before: 'Europe/Berlin' } },
  ]);
}, 60_000);

test('a zone has the name that PostgreSQL gives it, in whatever case it is said', async () => {
  const said = (await zone()).toLowerCase();
  const unchanged = { outcome: 'unchanged', time_zone: await zone() };
  expect(await inTransaction(db, (tx) => beginZoneChange(tx, said))).toMatchObject(unchanged);
  expect(await inTransaction(db, (tx) => confirmTimeZone(tx, said))).toMatchObject(unchanged);
  await aProcessWith('america/NEW_YORK').turn();
  expect(await zone()).toBe('America/New_York');
}, 60_000);

test('a zone that PostgreSQL does not know stops the start with one sentence, also on an old database', async () => {
  await expect(knownZone(db, 'Mars/Olympus')).rejects.toThrow(
    'This PostgreSQL does not know the time zone Mars/Olympus. Set TIME_ZONE to one that it knows.',
  );
  expect(await knownZone(db, 'europe/berlin')).toBe('Europe/Berlin');
});
