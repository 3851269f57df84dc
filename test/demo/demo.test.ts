import { beforeAll, describe, expect, test } from 'vitest';
import { summary } from '../../src/analytics/summary.ts';
import { secretFor, signingSecret } from '../../src/auth/signing_secret.ts';
import { countLanes } from '../../src/db/lanes.sql.ts';
import { openComposer } from '../../src/delivery/compose.ts';
import { listCaptured } from '../../src/delivery/outbox.sql.ts';
import { captureTransport } from '../../src/delivery/send/capture_transport.ts';
import { Worker } from '../../src/delivery/worker.ts';
import { type DemoOptions, ensureDemo } from '../../src/demo/demo.ts';
import { readMark } from '../../src/demo/mark.ts';
import { createTraffic } from '../../src/demo/traffic.ts';
import type { TriggerAnswer } from '../../src/enrollment/accept.ts';
import { openIntake } from '../../src/enrollment/intake.ts';
import { openLaneQueue } from '../../src/ledger/lane_queue.ts';
import { recount } from '../../src/ledger/recount.ts';
import { seededChance } from '../../src/lib/random.ts';
import { DEMO_SEQUENCES, EXAMPLE_SEQUENCES } from '../../src/sequences/examples.ts';
import { installExamples } from '../../src/sequences/install.ts';
import { countRows } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import {
  addresses,
  countDue,
  countUnexplained,
  countUnpairedMails,
  countUnwantedMails,
  countWrongGuards,
  tallyEnrollments,
  tallyOutcomes,
  triggersByDay,
} from './standing.sql.ts';

const NOW = new Date('2026-06-17T15:30:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;
const LETTERHEAD = { from: { name: 'Shop', address: 'hello@example.com' }, publicUrl: 'http://localhost' };

function options(changes: Partial<DemoOptions> = {}): DemoOptions {
  const size = { contacts: 600, days: 35 };
  const given = { size, seed: 'test', now: NOW, ...LETTERHEAD };
  return { ...given, signal: new AbortController().signal, onLane: () => {}, ...changes };
}

const { db } = await setup();
const { db: interrupted } = await setup();
const { db: used } = await setup();

beforeAll(async () => {
  expect(await ensureDemo(db, options())).toMatchObject({ outcome: 'made' });
});

describe('the history of a demo', () => {
  test('is counted exactly', async () => {
    expect((await recount(db)).counters.filter(({ differing }) => differing > 0)).toEqual([]);
  });

  test('has something to show for every sequence but the draft', async () => {
    const { sequences, totals } = await summary(db, NOW);
    expect(sequences).toHaveLength(DEMO_SEQUENCES.length);
    for (const { status, sequence_name: name, ...counts } of sequences) {
      const { execution_count, trigger_count, suppressed_count, unique_recipients } = counts;
      if (status === 'draft') expect([name, execution_count, trigger_count]).toEqual([name, 0, 0]);
      else {
        expect(execution_count, name).toBeGreaterThan(unique_recipients - 1);
        expect(unique_recipients, name).toBeGreaterThan(10);
        expect(unique_recipients, name).toBeLessThanOrEqual(trigger_count);
      }
      expect(suppressed_count, name).toBeLessThanOrEqual(0.5 * trigger_count + 20);
    }
    expect(totals.execution_count).toBeGreaterThan(3 * 600);
    expect(totals.execution_count).toBeLessThan(6 * 600);
    expect(totals.people).toBeGreaterThan(0.9 * 600);
  });

  test('shows every way in which a step and a trigger may end', async () => {
    const tally = await tallyOutcomes(db);
    const shown = [
      'sent',
      'waiting',
      'skipped step_moved',
      'exited unsubscribed',
      'exited sequence_archived',
    ];
    const failed = ['failed mailbox_unknown', 'failed content_rejected'];
    const suppressed = ['not_active', 'already_active', 'once_only', 'too_soon', 'unsubscribed'];
    const names = [...shown, ...failed, ...suppressed.map((reason) => `suppressed ${reason}`)];
    expect(Object.keys(tally)).toEqual(expect.arrayContaining(names));
    expect(await tallyEnrollments(db)).toMatchObject({ held: expect.any(Number) });
  });

  test('is quieter at weekends and has its peak on a Tuesday', async () => {
    const days = (await triggersByDay(db)).map(({ day, triggers }) => ({
      weekday: new Date(day).getUTCDay(),
      triggers,
    }));
    const sum = (weekdays: number[]) =>
      days
        .filter(({ weekday }) => weekdays.includes(weekday))
        .reduce((total, { triggers }) => total + triggers, 0);
    expect(sum([0, 6]) / 2).toBeLessThan(0.8 * (sum([1, 3, 4, 5]) / 4));
    const peak = days.toSorted((a, b) => b.triggers - a.triggers)[0];
    expect(peak?.weekday).toBe(2);
    expect(days).toHaveLength(35);
  });

  test('leaves guards that agree with the enrollments, and mailed nobody who had gone', async () => {
    expect(await countWrongGuards(db)).toBe(0);
    expect(await countUnwantedMails(db)).toBe(0);
    expect(await countUnexplained(db)).toBe(0);
    expect((await countRows(db)).feedback).toBeGreaterThan(0);
  });

  test('is of people whose addresses lead nowhere', async () => {
    const { contacts, domains } = await addresses(db);
    expect(contacts).toBe(600);
    expect(domains.sort()).toEqual(['example.com', 'example.net', 'example.org']);
  });

  test('left its newest mails in the Outbox, each with its execution', async () => {
    const mails = await listCaptured(db, 1000, null);
    expect(mails.length).toBeGreaterThan(100);
    expect(mails.length).toBeLessThan(400);
    for (const { subject } of mails) expect(subject).not.toMatch(/\{\{|\{%/);
    expect(await countUnpairedMails(db)).toBe(0);
  });
});

describe('a demo that is started again', () => {
  test('finds its history as it was', async () => {
    const before = await tallyOutcomes(db);
    const later = options({ now: new Date(NOW.getTime() + DAY_MS), seed: 'another' });
    expect(await ensureDemo(db, later)).toMatchObject({
      outcome: 'was_there',
      mark: { seed: 'test', began_at: NOW },
    });
    expect(await tallyOutcomes(db)).toEqual(before);
  });

  test('completes one that was interrupted, to the same history', async () => {
    const stopping = new AbortController();
    const onLane = (done: number) => done === 5 && stopping.abort();
    const first = options({ signal: stopping.signal, onLane: onLane });
    expect(await ensureDemo(interrupted, first)).toEqual({ outcome: 'interrupted' });
    const later = options({ now: new Date(NOW.getTime() + DAY_MS), size: { contacts: 7, days: 7 } });
    expect(await ensureDemo(interrupted, later)).toMatchObject({ outcome: 'made' });
    expect(await tallyOutcomes(interrupted)).toEqual(await tallyOutcomes(db));
    expect((await recount(interrupted)).differing).toBe(0);
  });
});

test('a workspace that holds anything else is refused and stays as it is', async () => {
  await installExamples(used, EXAMPLE_SEQUENCES, NOW);
  const before = await countRows(used);
  expect(await ensureDemo(used, options())).toEqual({ outcome: 'not_empty', holds: ['sequences'] });
  expect(await countRows(used)).toEqual(before);
});

describe('after its history a demo goes on', () => {
  const later = new Date(NOW.getTime() + 3 * DAY_MS);
  const onTrouble = (error: unknown) => {
    throw error;
  };

  test('with those who wait, of whom next to nobody was due before', async () => {
    expect(await countDue(db, NOW)).toBeLessThan(5);
    const due = await countDue(db, later);
    expect(due).toBeGreaterThan(20);
    const { execution_count } = (await summary(db, NOW)).totals;
    const composer = openComposer(db, { ...LETTERHEAD, linkSecret: Buffer.alloc(32) });
    const transport = captureTransport();
    const chance = seededChance('worker');
    const onCounted = () => {};
    const now = () => later;
    const worker = new Worker({
      db,
      leases: db,
      composer,
      transport: () => transport,
      now,
      chance,
      onCounted,
      onTrouble,
    });
    while ((await worker.runOnce()) > 0);
    await worker.stop();
    expect(await countDue(db, later)).toBe(0);
    expect((await summary(db, later)).totals.execution_count).toBeGreaterThan(execution_count + 0.8 * due);
    expect((await recount(db)).differing).toBe(0);
  });

  test('with triggers for its active sequences, by people whom it knows and some others', async () => {
    const directory = {
      lanes: await countLanes(db),
      secret: secretFor('addresses', await signingSecret(db)),
    };
    const intake = openIntake({
      queue: openLaneQueue({ db, now: () => later, onTrouble }),
      directory,
      onCommitted: () => {},
    });
    const mark = await readMark(db);
    if (!mark) throw new Error('The demo left no mark.');
    const before = (await summary(db, later)).totals;
    const traffic = createTraffic({ db, intake, mark, chance: seededChance('traffic'), onTrouble });
    for (let i = 0; i < 40; i++) await traffic.runOnce();
    const after = (await summary(db, later)).totals;
    const came = after.trigger_count - before.trigger_count;
    expect(came + after.suppressed_count - before.suppressed_count).toBe(40);
    expect(came).toBeGreaterThan(20);
    const { contacts } = await addresses(db);
    expect(contacts).toBeGreaterThan(600);
    expect(contacts).toBeLessThan(620);
    expect((await tallyOutcomes(db))['suppressed not_active']).toBe(
      (await tallyOutcomes(interrupted))['suppressed not_active'],
    );
  });

  test('and stops when the trigger that is under way has been answered', async () => {
    const mark = await readMark(db);
    if (!mark) throw new Error('The demo left no mark.');
    const submitted = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<TriggerAnswer[]>();
    const submit = () => {
      submitted.resolve();
      return answered.promise;
    };
    const intake = { submit, idle: () => Promise.resolve() };
    const traffic = createTraffic({ db, intake, mark, chance: () => 0, onTrouble });
    traffic.start();
    await submitted.promise;
    let isStopped = false;
    const stopped = traffic.stop().then(() => {
      isStopped = true;
    });
    await countDue(db, later);
    expect(isStopped).toBe(false);
    answered.resolve([]);
    await stopped;
  });
});
