import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createTroubleLog } from '../../src/app/trouble.ts';
import { createUpkeep } from '../../src/app/upkeep.ts';
import { aClock } from '../support/factories.ts';
import { setup } from '../support/setup.ts';
import { insertRequest, renameCounter, requestKeys } from './upkeep.sql.ts';

const { db } = await setup();

test('what fails keeps nothing else from being done, and is told by name', async () => {
  // In the reporting zone it is three o'clock: the night's recount is due as well.
  const clock = aClock('2026-03-02T02:00:00.000Z');
  await insertRequest(db, 'of January', new Date('2026-01-15T00:00:00Z'));
  await insertRequest(db, 'of yesterday', new Date('2026-03-01T00:00:00Z'));
  await renameCounter(db, 'workspace_totals', 'gone');
  const failed: string[] = [];
  const log = pino({}, { write: (line) => failed.push(JSON.parse(line).msg) });
  const upkeep = createUpkeep({
    db,
    lanes: 32,
    now: clock.now,
    timeZone: null,
    onZoneSwitched: () => {},
    onTrouble: createTroubleLog({ log, isUp: async () => true }),
    log,
  });
  onTestFinished(() => upkeep.stop());
  upkeep.start();
  await expect.poll(() => requestKeys(db)).toEqual(['of yesterday']);
  await expect
    .poll(() => failed.toSorted(), { timeout: 10_000 })
    .toEqual(['folding counters failed', 'the nightly recount failed']);
});
