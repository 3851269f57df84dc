import { expect, test } from 'vitest';
import { drain } from '../../src/ledger/drain.ts';
import { fold } from '../../src/ledger/fold.ts';
import {
  aClock,
  anIntake,
  aRequest,
  aSequence,
  aWorker,
  expectCleanRecount,
  type SequenceWithSteps,
} from '../support/factories.ts';
import { recordEvents, someEvents } from '../support/history.ts';
import { setup } from '../support/setup.ts';
import { openAnalytics } from './open_server.ts';

const { db } = await setup();
const clock = aClock('2026-03-10T09:00:00.000Z');
const { get, text, pagesOf } = await openAnalytics(db, clock);

type Card = {
  execution_count: number;
  unique_recipients: number;
  trigger_count: number;
  suppressed_count: number;
};
type Headline = { total_executions: number; unique_recipients: number; triggers: number; suppressed: number };
type Point = { executions: number; triggers: number; suppressed: number };
type Step = {
  entered: number;
  sent: number;
  waiting: number;
  skipped: number;
  failed: number;
  exited: number;
};

function sumOf<Row>(rows: Row[], number: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + number(row), 0);
}

function linesOf(file: string): string[] {
  return file.trim().split('\r\n').slice(1);
}

/** Each number of a sequence's whole life, from everything that shows it. */
async function shownOf({ id, key }: SequenceWithSteps) {
  const url = `/api/sequences/${key}/analytics`;
  const summary = await get<{ sequences: (Card & { sequence_id: string })[] }>(
    '/api/sequences/analytics/summary',
  );
  const card = summary.sequences.find(({ sequence_id }) => sequence_id === id);
  const detail = await get<Headline & { by_source: ({ unique_recipients: number } & Point)[] }>(
    `${url}?time_range=all`,
  );
  const charts = await Promise.all(
    ['day', 'week', 'month'].map(
      async (interval) =>
        (await get<{ points: Point[] }>(`${url}/series?time_range=all&interval=${interval}`)).points,
    ),
  );
  const breakdown = async (of: string) => {
    const { points } = await get<{ points: { counts: number[] }[] }>(
      `${url}/breakdown?time_range=all&of=${of}`,
    );
    return sumOf(points, ({ counts }) => sumOf(counts, (n) => n));
  };
  const { steps } = await get<{ steps: Step[] }>(`${url}/funnel?time_range=all`);
  for (const step of steps)
    expect(step.entered).toBe(step.sent + step.waiting + step.skipped + step.failed + step.exited);
  return {
    emails: {
      card: card?.execution_count,
      detail: detail.total_executions,
      sources: sumOf(detail.by_source, (row) => row.executions),
      list: (await pagesOf(`${url}/executions?time_range=all`, 'executions', { limit: 37 })).length,
      charts: charts.map((points) => sumOf(points, ({ executions }) => executions)),
      breakdown: await breakdown('executions_by_source'),
      file: linesOf(await text(`${url}/executions.csv?time_range=all`)).length,
      chartFile: sumOf(linesOf(await text(`${url}/series.csv?time_range=all`)), (line) =>
        Number(line.split(',')[1]),
      ),
      funnel: sumOf(steps, ({ sent }) => sent),
    },
    people: {
      card: card?.unique_recipients,
      detail: detail.unique_recipients,
      list: (await pagesOf(`${url}/recipients?time_range=all`, 'recipients', { limit: 37 })).length,
      file: linesOf(await text(`${url}/recipients.csv?time_range=all`)).length,
    },
    triggers: {
      card: card?.trigger_count,
      detail: detail.triggers,
      charts: charts.map((points) => sumOf(points, ({ triggers }) => triggers)),
      breakdown: await breakdown('triggers_by_source'),
    },
    suppressed: {
      card: card?.suppressed_count,
      detail: detail.suppressed,
      charts: charts.map((points) => sumOf(points, ({ suppressed }) => suppressed)),
      breakdown: await breakdown('suppressed_by_reason'),
    },
  };
}

async function expectAgreement(sequence: SequenceWithSteps, n: Record<string, number>): Promise<void> {
  for (const [what, shown] of Object.entries(await shownOf(sequence)))
    for (const [where, number] of Object.entries(shown))
      for (const one of [number].flat()) expect(one, `${what}: ${where}`).toBe(n[what]);
}

test('card, detail, list, chart, breakdown, funnel and files say the same, while it happens and when it is folded', async () => {
  const sequence = await aSequence(db, { reentry: 'every_time', steps: [{}, { delay_seconds: 86_400 }] });
  const once = await aSequence(db, { name: 'Once only', reentry: 'once' });
  const intake = anIntake(db, { clock });
  const worker = aWorker(db, { clock });
  for (let day = 0; day < 5; day += 1) {
    const requests = Array.from({ length: 12 }, (_, i) => {
      const some = {
        email: `person${(i * 7 + day) % 20}@example.com`,
        source: ['promo', 'api', 'crm'][i % 3] ?? '',
      };
      return [aRequest(sequence, some), aRequest(once, some)];
    });
    await intake.submit(requests.flat());
    await worker.runDry();
    if (day === 2) await drain(db, 32);
    clock.advance({ days: 1 });
  }
  await worker.runDry();
  // 60 runs of two emails, to those of the 20 people whom 12 of them a day come to.
  const runs = { emails: 120, people: 20, triggers: 60, suppressed: 0 };
  await expectAgreement(sequence, runs);
  await expectAgreement(once, { emails: 20, people: 20, triggers: 20, suppressed: 40 });

  // Told late by somebody else’s sender, of steps, so that the funnel has them too, and of other people.
  const told = someEvents(80, 3).map((event) => ({ ...event, step: 1 }));
  clock.advance({ days: 60 });
  await recordEvents(db, told, sequence.id);
  const people = new Set([...told.map(({ contact }) => contact)]).size;
  const reported = { ...runs, emails: 200, people: 20 + people };
  await expectAgreement(sequence, reported);

  await drain(db, 32);
  await expectAgreement(sequence, reported);
  await fold(db, 32, clock.now());
  await expectAgreement(sequence, reported);
  await expectCleanRecount(db);
  const all = await get<Headline>('/api/analytics?time_range=all');
  expect(all).toMatchObject({ total_executions: 220, triggers: 80, suppressed: 40 });
  const { totals } = await get<{ totals: { people: number } }>('/api/sequences/analytics/summary');
  expect(totals.people).toBe(all.unique_recipients);
}, 60_000);
