import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_LANES } from '../../src/db/lanes.ts';
import { momentAfterPause, SPREAD_MS } from '../../src/delivery/after_pause.ts';
import { insertResumption } from '../../src/delivery/resumption.sql.ts';
import { markResumptions } from '../../src/delivery/resumption.ts';
import { newId } from '../../src/lib/uuid.ts';
import type { SendWindow } from '../../src/sequences/timing.ts';
import {
  aClock,
  anAddress,
  anIntake,
  aSequence,
  aWorker,
  type Clock,
  expectCleanRecount,
  type SequenceWithSteps,
  statusOf,
  type TestWorker,
  trigger,
} from '../support/factories.ts';
import { enrollmentsOf, executionsOf, funnelOf } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();

afterEach(() => expectCleanRecount(db));

const HOUR = 3_600;
const MINUTE_MS = 60_000;

/** `people` who wait for a sequence's only email, which falls due `apart` seconds after one another. */
async function aQueue(
  people: number,
  { apart = 60, send_window }: { apart?: number; send_window?: SendWindow } = {},
): Promise<{ clock: Clock; sequence: SequenceWithSteps; emails: string[] }> {
  const clock = aClock();
  const sequence = await aSequence(db, {
    steps: [{ delay_seconds: 2 * HOUR }],
    ...(send_window && { send_window }),
  });
  const emails = Array.from({ length: people }, () => anAddress());
  for (const email of emails) {
    await trigger(anIntake(db, { clock }), sequence, { email });
    clock.advance({ seconds: apart });
  }
  return { clock, sequence, emails };
}

/** Pauses a sequence for `seconds`, while `worker` goes on with what there is. */
async function pause(sequence: SequenceWithSteps, clock: Clock, seconds: number, worker?: TestWorker) {
  await statusOf(db, sequence, 'paused', clock.now());
  for (let part = 0; part < 4; part++) {
    clock.advance({ seconds: seconds / 4 });
    await worker?.runDry();
  }
  await statusOf(db, sequence, 'active', clock.now());
}

/** Looks every `seconds`, `times` times. Answers to whom something was sent, look by look. */
async function sentWhile(
  worker: TestWorker,
  clock: Clock,
  sequence: SequenceWithSteps,
  { seconds, times }: { seconds: number; times: number },
): Promise<string[][]> {
  worker.wakeHeld();
  const looks: string[][] = [];
  let { length: seen } = await executionsOf(db, sequence.id);
  for (let look = 0; look < times; look++) {
    await worker.runDry();
    const sent = await executionsOf(db, sequence.id);
    looks.push(sent.slice(seen).map(({ recipient_email }) => recipient_email));
    seen = sent.length;
    clock.advance({ seconds });
  }
  return looks;
}

describe('what fell due during a pause', () => {
  test('goes out one after the other, in that order, within an hour', async () => {
    const { clock, sequence, emails } = await aQueue(20);
    const worker = aWorker(db, { clock });
    await pause(sequence, clock, 8 * HOUR, worker);
    const looks = await sentWhile(worker, clock, sequence, { seconds: 180, times: 20 });
    expect(looks).toEqual(emails.map((email) => [email]));
  });

  test('goes out within as long as a short pause lasted', async () => {
    const { clock, sequence, emails } = await aQueue(4, { apart: 30 });
    const worker = aWorker(db, { clock });
    // The emails fall due in the last two of four minutes.
    clock.advance({ seconds: 2 * HOUR - 240 });
    await pause(sequence, clock, 240, worker);
    const looks = await sentWhile(worker, clock, sequence, { seconds: 60, times: 4 });
    expect(looks).toEqual(emails.map((email) => [email]));
  });

  test('is spread also where all of it fell due at once', async () => {
    const { clock, sequence, emails } = await aQueue(12, { apart: 0 });
    const worker = aWorker(db, { clock });
    await pause(sequence, clock, 8 * HOUR, worker);
    const looks = await sentWhile(worker, clock, sequence, { seconds: 300, times: 13 });
    expect(looks.flat().toSorted()).toEqual(emails.toSorted());
    // Each in a twelfth of the hour, at some moment of it.
    expect(Math.max(...looks.map((look) => look.length))).toBeLessThanOrEqual(2);
  });

  test('is spread though nobody was at work during the pause, and keeps its places when another takes over', async () => {
    const { clock, sequence, emails } = await aQueue(20);
    await pause(sequence, clock, 8 * HOUR);
    const first = aWorker(db, { clock });
    const before = await sentWhile(first, clock, sequence, { seconds: 180, times: 10 });
    await first.stop();
    const after = await sentWhile(aWorker(db, { clock }), clock, sequence, { seconds: 180, times: 10 });
    expect(before).toEqual(emails.slice(0, 10).map((email) => [email]));
    expect(after).toEqual(emails.slice(10).map((email) => [email]));
  });

  test('goes by the places that were read first, whoever else has read them since', async () => {
    const { clock, sequence, emails } = await aQueue(4);
    const worker = aWorker(db, { clock });
    await pause(sequence, clock, 8 * HOUR, worker);
    const lanes = Array.from({ length: DEFAULT_LANES }, (_, lane) => lane);
    await markResumptions(db, lanes);
    // Another one read the places when the first emails had gone.
    const { id: sequence_id } = sequence;
    await insertResumption(db, { sequence_id, resumed_at: clock.now(), overdue: 0, marks: [] });
    const looks = await sentWhile(worker, clock, sequence, { seconds: 900, times: 4 });
    expect(looks).toEqual(emails.map((email) => [email]));
  });

  test('waits on through another pause, and goes on from where it was', async () => {
    const { clock, sequence, emails } = await aQueue(4);
    const worker = aWorker(db, { clock });
    await pause(sequence, clock, 8 * HOUR, worker);
    const before = await sentWhile(worker, clock, sequence, { seconds: 900, times: 2 });
    await pause(sequence, clock, 8 * HOUR, worker);
    const after = await sentWhile(worker, clock, sequence, { seconds: 1_800, times: 2 });
    expect([...before, ...after]).toEqual(emails.map((email) => [email]));
    expect(await funnelOf(db, sequence.id)).toEqual({ sent: 4 });
  });

  test('is spread from the opening of a window that is closed on return', async () => {
    const send_window: SendWindow = { days: ['tuesday'], from: '00:00', to: '24:00' };
    const { clock, sequence } = await aQueue(4, { send_window });
    const worker = aWorker(db, { clock });
    // Due on Tuesday from midnight on in Berlin; paused until Wednesday.
    await pause(sequence, clock, 48 * HOUR, worker);
    worker.wakeHeld();
    await worker.runDry();
    const opening = Date.parse('2026-03-09T23:00:00.000Z');
    const places = await placesOf(sequence);
    const shares = places.map((at) => Math.floor((at - opening) / (15 * MINUTE_MS)));
    expect(shares.toSorted()).toEqual([0, 1, 2, 3]);
  });

  test('is spread after an archive that ended in a return as well', async () => {
    const { clock, sequence, emails } = await aQueue(4);
    const worker = aWorker(db, { clock });
    await statusOf(db, sequence, 'archived', clock.now());
    await statusOf(db, sequence, 'paused', clock.now());
    clock.advance({ hours: 8 });
    await worker.runDry();
    await statusOf(db, sequence, 'active', clock.now());
    const looks = await sentWhile(worker, clock, sequence, { seconds: 900, times: 4 });
    expect(looks).toEqual(emails.map((email) => [email]));
  });
});

test('what falls due after a pause is untouched by it', async () => {
  const { clock, sequence, emails } = await aQueue(3, { apart: HOUR });
  const worker = aWorker(db, { clock });
  const due = (await enrollmentsOf(db, sequence.id)).map(({ due_at }) => due_at);
  // Three hours after the first trigger: the second falls due at this moment, the third an hour later.
  await statusOf(db, sequence, 'paused', new Date(clock.now().getTime() - 2 * HOUR * 1000));
  await statusOf(db, sequence, 'active', clock.now());
  worker.wakeHeld();
  await worker.runDry();
  const sent = (await executionsOf(db, sequence.id)).map(({ recipient_email }) => recipient_email);
  expect(sent.toSorted()).toEqual(emails.slice(0, 2).toSorted());
  expect((await enrollmentsOf(db, sequence.id)).map(({ due_at }) => due_at)).toEqual([null, null, due[2]]);
});

describe('the moment after a pause', () => {
  const end = Date.parse('2026-03-02T12:00:00.000Z');
  const plan = {
    id: 'a sequence',
    key: 'a-sequence',
    name: 'A sequence',
    status: 'active' as const,
    reentry: 'once' as const,
    reentry_days: null,
    send_window: null,
    time_zone: 'UTC',
    paused_at: new Date(end - 24 * SPREAD_MS),
    activated_at: new Date(end),
    steps: [],
  };

  test('of ten thousand is theirs alone in its second, by marks of which each stands for many', () => {
    const people = Array.from({ length: 10_000 }, (_, i) => ({
      id: newId(),
      due_at: new Date(end - 10_000 * 1000 + i * 1000),
    }));
    const marks = people
      .filter((_, i) => i % 20 === 0)
      .map(({ id, due_at }): [number, string] => [due_at.getTime(), id]);
    const moments = people.map((each) => momentAfterPause(plan, each, marks, null)?.getTime() ?? 0);
    expect(moments).toEqual(moments.toSorted((a, b) => a - b));
    expect(moments[0]).toBe(end);
    const ofEachMinute = Array.from(
      { length: 60 },
      (_, i) => moments.filter((at) => Math.floor((at - end) / MINUTE_MS) === i).length,
    );
    expect(Math.min(...ofEachMinute)).toBeGreaterThan(160);
    expect(Math.max(...ofEachMinute)).toBeLessThan(174);
  });

  test('is the return itself where nobody stands in line, and never before it', () => {
    const late = { id: newId(), due_at: new Date(end - 1) };
    expect(momentAfterPause(plan, late, [], null)).toEqual(new Date(end));
    const untouched = { id: newId(), due_at: new Date(end) };
    expect(momentAfterPause(plan, untouched, [[end - 5, newId()]], null)).toEqual(untouched.due_at);
    const paused = { ...plan, status: 'paused' as const };
    expect(momentAfterPause(paused, late, [], null)).toEqual(late.due_at);
  });
});

async function placesOf(sequence: { id: string }): Promise<number[]> {
  const waiting = (await enrollmentsOf(db, sequence.id)).filter(({ status }) => status === 'active');
  return waiting.map(({ due_at }) => due_at?.getTime() ?? 0);
}
