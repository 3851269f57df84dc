import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/database.ts';
import { activeCalendar } from '../../src/ledger/calendars.ts';
import { recount } from '../../src/ledger/recount.ts';
import { ensureWeeks } from '../../src/ledger/weeks.ts';
import { setup } from '../support/setup.ts';
import { ByHand, sequenceId } from './counted_by_hand.ts';
import { histories, INSTANTS, SEQUENCES } from './histories.ts';
import { insertSequence, readRows } from './ledger_rows.sql.ts';
import { type Hands, play } from './play.ts';
import { compare, questions } from './questions.ts';

// HISTORIES=1000 npx vitest run test/invariants takes some minutes. SEED repeats a run, and has the smallest history
// looked for that shows a difference: two writers at once do not always do the same, so that it takes long.
const HISTORIES = Number(process.env.HISTORIES ?? 25);
const isRepeated = process.env.SEED !== undefined;
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const QUESTIONS = 50;

const { db, connection } = await setup();
// A commit need not reach the disk here: that is most of what a history costs.
const hand = () => openDatabase({ ...connection, options: '-c synchronous_commit=off' }, { max: 1 });
const hands: Hands = { writers: [hand(), hand()], keeper: hand() };
afterAll(async () => {
  await Promise.all([...hands.writers, hands.keeper].map((one) => one.destroy()));
});

// Somewhere in the histories: some of their days are closed, some are not.
const NOW = new Date('2026-03-27T12:00:00Z');

test('whatever two writers record at once, in whatever order, every answer is what counting the rows gives', async () => {
  await ensureWeeks(db, INSTANTS);
  for (const sequence of SEQUENCES)
    await insertSequence(db, { id: sequenceId(sequence), key: `sequence-${sequence}` });
  const asked = fc.array(questions, { minLength: QUESTIONS, maxLength: QUESTIONS });
  await fc.assert(
    fc.asyncProperty(histories, asked, async (history, asked) => {
      await play(hands, history, NOW);
      const { time_zone } = await activeCalendar(db);
      expect(time_zone).toBe(history.upkeep.includes('zone') ? history.nextZone : history.zone);
      const rows = new ByHand(await readRows(db), time_zone);
      await Promise.all(asked.map((question) => compare(db, rows, time_zone, question)));
      const { counters } = await recount(db);
      expect(counters.filter(({ differing }) => differing > 0)).toEqual([]);
    }),
    { numRuns: HISTORIES, seed: SEED, endOnFailure: !isRepeated },
  );
  process.stdout.write(
    `${HISTORIES} histories of ${QUESTIONS} questions each, no difference; SEED=${SEED}\n`,
  );
}, 3_600_000);
