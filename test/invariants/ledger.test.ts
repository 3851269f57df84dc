import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EVERYTHING } from '../../src/analytics/filter.ts';
import type { Question } from '../../src/analytics/frame.ts';
import { plusDays } from '../../src/analytics/range.ts';
import { totals, totalsOfWorkspace } from '../../src/analytics/totals.sql.ts';
import type { Tx } from '../../src/db/database.ts';
import { drainAll } from '../../src/ledger/drain.ts';
import { foldMove, movesToFold } from '../../src/ledger/fold.ts';
import { recountIn } from '../../src/ledger/recount.ts';
import { recordReported } from '../../src/ledger/reported.ts';
import { ensureWeeks } from '../../src/ledger/weeks.ts';
import { type Event, idOf, reportOf } from '../support/history.ts';
import { setup } from '../support/setup.ts';
import { countRows } from './brute_force.sql.ts';

const { db } = await setup();
const timeZone = 'Europe/Berlin';

// Six weeks around a change to summer time, in steps of 90 minutes: many equal instants and many days.
const START = Date.parse('2026-03-10T00:00:00Z');
const SLOT = 90 * 60 * 1000;
const SLOTS = (42 * 24 * 60) / 90;
const RUNS = Number(process.env.HISTORIES ?? 60);

const events = fc.record({
  contact: fc.integer({ min: 1, max: 4 }),
  sequence: fc.integer({ min: 1, max: 3 }),
  source: fc.constantFrom('promo', 'api', 'import'),
  at: fc.integer({ min: 0, max: SLOTS - 1 }).map((slot) => new Date(START + slot * SLOT)),
  step: fc.integer({ min: 0, max: 2 }),
  key: fc.option(
    fc.integer({ min: 1, max: 30 }).map((n) => `key-${n}`),
    { freq: 3 },
  ),
});
const history = fc.array(fc.array(events, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 8 });
const questions = fc.array(
  fc.record({
    from: fc.integer({ min: -2, max: 42 }),
    length: fc.integer({ min: 1, max: 44 }),
    sequence: fc.integer({ min: 1, max: 3 }),
    source: fc.option(fc.constantFrom('promo', 'api', 'import')),
  }),
  { minLength: 10, maxLength: 10 },
);

test('totals, uniques and reach equal COUNT(DISTINCT) over the rows, whatever arrives in whatever order', async () => {
  await ensureWeeks(
    db,
    Array.from({ length: 8 }, (_, i) => new Date(START + i * 7 * 24 * 3600 * 1000)),
  );
  await fc.assert(
    fc.asyncProperty(history, questions, async (batches, asked) => {
      const trx = await db.startTransaction().execute();
      try {
        for (const [i, batch] of batches.entries()) {
          await recordBatch(trx, batch);
          if (i % 2 === 1) await drainAll(trx, 32);
          if (i % 3 === 1) await foldAll(trx);
        }
        for (const question of asked) await compareAnswers(trx, question);
        const { differing, counters } = await recountIn(trx);
        expect(counters.filter((counter) => counter.differing > 0)).toEqual([]);
        expect(differing).toBe(0);
      } finally {
        await trx.rollback().execute();
      }
    }),
    { numRuns: RUNS },
  );
}, 300_000);

async function recordBatch(tx: Tx, batch: Event[]): Promise<void> {
  const lanes = new Map<number, Parameters<typeof recordReported>[2]>();
  for (const { lane, report } of batch.map(reportOf)) lanes.set(lane, [...(lanes.get(lane) ?? []), report]);
  for (const [lane, reports] of lanes) await recordReported(tx, lane, reports);
}

// As of the middle of the history: some of its days are closed, some are not.
async function foldAll(tx: Tx): Promise<void> {
  const now = new Date(START + 21 * 24 * 3600 * 1000);
  for (const move of await movesToFold(tx, 32, now)) await foldMove(tx, move, now);
}

async function compareAnswers(
  tx: Tx,
  asked: { from: number; length: number; sequence: number; source: string | null },
): Promise<void> {
  const from = plusDays('2026-03-10', asked.from);
  const days = { from, to: plusDays(from, asked.length - 1) };
  const question: Question = { tx, calendar_id: 1, days };
  const sequenceId = idOf(`sequence ${asked.sequence}`);
  const { source } = asked;
  const filter = { ...EVERYTHING, sources: source === null ? [] : [source] };
  expect(await totals(question, sequenceId, filter)).toEqual(
    await countRows(tx, { timeZone, ...days, sequenceId, source }),
  );
  expect(await totalsOfWorkspace(question)).toEqual(
    await countRows(tx, { timeZone, ...days, sequenceId: null, source: null }),
  );
}
