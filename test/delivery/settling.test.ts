import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { inLockedLane } from '../../src/db/lanes.ts';
import { inTransaction } from '../../src/db/transaction.sql.ts';
import { captureTransport } from '../../src/delivery/send/capture_transport.ts';
import { SMTP_DEFAULTS, smtpTransport } from '../../src/delivery/send/smtp_transport.ts';
import type { Transport } from '../../src/delivery/send/transport.ts';
import { DatabaseProxy } from '../support/database_proxy.ts';
import {
  aClock,
  aGate,
  anAddress,
  anIntake,
  aSequence,
  aWorker,
  type Clock,
  expectCleanRecount,
  type SequenceWithSteps,
  statusOf,
  trigger,
} from '../support/factories.ts';
import {
  capturedOf,
  countRows,
  endSessions,
  enrollmentsOf,
  executionsOf,
  funnelOf,
  giveLanesBack,
  lanesOf,
  lifetimeOf,
  lockTable,
  stepsLeftOf,
  waitingForLocks,
} from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { SmtpSink } from '../support/smtp_sink.ts';
import { aBluntServer } from './blunt_server.ts';

const { db, connection } = await setup();

// A worker that was stopped with mail under way keeps a lease, and one whose database was away keeps all.
beforeEach(() => giveLanesBack(db));
afterEach(() => expectCleanRecount(db));

const LANE = 5;
const PATIENCE = { timeout: 10_000 };
const someTrouble = () => {};

/** A pool of its own, as the worker's process would have. */
function aPool(settings = connection): Db {
  const pool = openDatabase(settings, { applicationName: 'the worker' });
  onTestFinished(() => pool.destroy());
  return pool;
}

/** `people` people who wait for the only email of a sequence, all of one lane. */
async function due(people: number): Promise<{ clock: Clock; sequence: SequenceWithSteps; emails: string[] }> {
  const clock = aClock();
  const sequence = await aSequence(db);
  // What a test leaves behind under way is not sent in the next one.
  onTestFinished(async () => void (await statusOf(db, sequence, 'archived')));
  const intake = anIntake(db, { clock });
  const emails = Array.from({ length: people }, () => anAddress(LANE));
  await Promise.all(emails.map((email) => trigger(intake, sequence, { email })));
  return { clock, sequence, emails };
}

async function countsOf({ id }: SequenceWithSteps) {
  const [executions, captured, { executions: counted }, funnel] = await Promise.all([
    executionsOf(db, id),
    capturedOf(db, id),
    lifetimeOf(db, id),
    funnelOf(db, id),
  ]);
  return { executions: executions.length, captured: captured.length, counted, funnel };
}

describe('the mail, its execution, its counters and the run’s way forward', () => {
  test.each([
    'captured_mails',
    'sequence_executions',
    'enrollment_steps',
    'funnel_deltas',
    'workspace_totals',
    'sequence_entries',
  ])('are seen together or not at all, wherever it stops: at %s', async (table) => {
    const { clock, sequence } = await due(3);
    const gate = aGate();
    const worker = aWorker(aPool(), { clock, transport: gate, onTrouble: someTrouble });
    const round = worker.runDry();
    await gate.reached(3);
    const nothing = { executions: 0, captured: 0, counted: 0, funnel: { waiting: 3 } };
    await inTransaction(db, async (tx) => {
      await lockTable(tx, table);
      gate.open();
      await vi.waitUntil(() => waitingForLocks(db), PATIENCE);
      expect(await countsOf(sequence)).toEqual(nothing);
      // The session that had got that far is gone, and with it all that it had written.
      await endSessions(db, 'the worker');
      expect(await countsOf(sequence)).toEqual(nothing);
    });
    await round;
    expect(await countsOf(sequence)).toEqual({ executions: 3, captured: 3, counted: 3, funnel: { sent: 3 } });
    expect(await enrollmentsOf(db, sequence.id)).toMatchObject(Array(3).fill({ status: 'finished' }));
  });
});

describe('while the database is away', () => {
  test('what the mail server has accepted waits, is settled later, and is not sent again', async () => {
    await using sink = await SmtpSink.start();
    await using proxy = await DatabaseProxy.start(connection);
    const { clock, sequence, emails } = await due(20);
    const gate = aGate(smtpTransport(sink.server()), 'after');
    const worker = aWorker(aPool(proxy.connection), { clock, transport: gate, onTrouble: someTrouble });
    const round = worker.runDry();
    await gate.reached(20);
    proxy.cut();
    const failed = Promise.withResolvers<void>();
    gate.open();
    expect(worker.backlog()).toBe(20);
    expect(await executionsOf(db, sequence.id)).toEqual([]);
    setTimeout(failed.resolve, 300);
    await failed.promise;
    expect(worker.backlog()).toBe(20);
    proxy.mend();
    await round;
    expect(worker.backlog()).toBe(0);
    expect(sink.mails.map(({ to }) => to[0]).toSorted()).toEqual(emails.toSorted());
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 20, recipients: 20 });
  });

  test('a worker that goes round by itself goes on when it is back', async () => {
    await using sink = await SmtpSink.start();
    await using proxy = await DatabaseProxy.start(connection);
    const clock = aClock();
    const sequence = await aSequence(db);
    const troubles: string[] = [];
    const worker = aWorker(aPool(proxy.connection), {
      clock,
      transport: smtpTransport(sink.server()),
      onTrouble: (_error, doing) => troubles.push(doing),
    });
    worker.start();
    await vi.waitUntil(() => worker.lanes() === 32, PATIENCE);
    proxy.cut();
    worker.wake();
    await vi.waitUntil(() => troubles.includes('looking for due steps'), PATIENCE);
    const intake = anIntake(db, { clock });
    const answers = await Promise.all(Array.from({ length: 10 }, () => trigger(intake, sequence)));
    expect(answers).toHaveLength(10);
    proxy.mend();
    worker.wake();
    await vi.waitUntil(async () => (await lifetimeOf(db, sequence.id)).executions === 10, {
      timeout: 10_000,
    });
    expect(sink.mails).toHaveLength(10);
  });
});

test('a result whose commit went through unheard is settled again, and counts once', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  const { clock, sequence } = await due(8);
  const gate = aGate();
  const worker = aWorker(aPool(proxy.connection), { clock, transport: gate, onTrouble: someTrouble });
  const round = worker.runDry();
  await gate.reached(8);
  const lost = proxy.loseCommit();
  gate.open();
  await Promise.all([lost, round]);
  expect(await countsOf(sequence)).toEqual({ executions: 8, captured: 8, counted: 8, funnel: { sent: 8 } });
});

describe('characters that no column can hold', () => {
  test('printed by a template do not reach the mail, which is counted', async () => {
    const clock = aClock();
    const garbage = '{{ context.blob | base64_decode }}';
    const steps = [{ subject: `S ${garbage}`, html: `<p>H ${garbage}</p>`, text: `T ${garbage}` }];
    const sequence = await aSequence(db, { steps });
    await trigger(anIntake(db, { clock }), sequence, { context: { blob: 'YQBi' } });
    await aWorker(db, { clock }).runDry();
    expect(await capturedOf(db, sequence.id)).toMatchObject([{ text: expect.stringContaining('T ab') }]);
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 1 });
  });

  test.each([
    ['accepts', '250 2.0.0 Ok\0\x07 queued', { sent: 1 }, '250 2.0.0 Ok queued'],
    ['refuses', '554 5.7.1 No\0\x1b thanks', { 'failed content_rejected': 1 }, '554 5.7.1 No thanks'],
  ])(
    'said by a mail server that %s do not keep its answer from being settled',
    async (_does, said, funnel, reply) => {
      await using blunt = await aBluntServer(said);
      const { clock, sequence } = await due(1);
      await aWorker(db, { clock, transport: smtpTransport(blunt.server) }).runDry();
      expect(await funnelOf(db, sequence.id)).toEqual(funnel);
      expect(await stepsLeftOf(db, sequence.id)).toMatchObject([{ reply }]);
    },
  );
});

test('of an endless reply the beginning is kept', async () => {
  await using blunt = await aBluntServer(
    `${`250-${'so much to say '.repeat(50)}\r\n`.repeat(100)}250 queued`,
  );
  const { clock, sequence } = await due(1);
  await aWorker(db, { clock, transport: smtpTransport(blunt.server) }).runDry();
  const [left] = await stepsLeftOf(db, sequence.id);
  expect(left?.reply).toMatch(/^250-so much to say so much/);
  expect(left?.reply).toHaveLength(2_000);
});

describe('stopping', () => {
  /** A mail server that takes a message and says nothing more. */
  function aSilentServer() {
    const { promise: reached, resolve } = Promise.withResolvers<void>();
    const onMessage = () => {
      resolve();
      return 'silence' as const;
    };
    return { sink: SmtpSink.start({ onMessage }), reached };
  }

  test('lets the mail under way end, settles it, and gives the lanes back', async () => {
    const { clock, sequence } = await due(5);
    const gate = aGate();
    const worker = aWorker(db, { clock, transport: gate });
    worker.start();
    await gate.reached(5);
    const stopped = worker.stop();
    gate.open();
    await stopped;
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 5 });
    expect((await lanesOf(db)).filter(({ owner }) => owner !== null)).toEqual([]);
  });

  test('does not wait for a database that says nothing', async () => {
    await using proxy = await DatabaseProxy.start(connection);
    const worker = aWorker(aPool(proxy.connection), { onTrouble: someTrouble });
    worker.start();
    await vi.waitUntil(() => worker.lanes() === 32, PATIENCE);
    proxy.freeze();
    worker.wake();
    await worker.stop();
  });

  test('does not wait for a mail server that says nothing, and keeps that lane from being sent for at once', async () => {
    const { sink: opening, reached } = aSilentServer();
    await using sink = await opening;
    const { clock, sequence } = await due(3);
    const options = { ...SMTP_DEFAULTS, closeGrace: 60_000 };
    const transport = smtpTransport(sink.server('?maxConnections=1'), options);
    const worker = aWorker(db, { clock, transport: { ...transport, close: async () => {} } });
    worker.start();
    await reached;
    await worker.stop();
    const held = (await lanesOf(db)).filter(({ owner }) => owner !== null);
    expect(held.map(({ lane }) => lane)).toEqual([LANE]);
    expect(await funnelOf(db, sequence.id)).toEqual({ waiting: 3 });
  });

  test('together with the connections gives back unused what stood in line', async () => {
    const { sink: opening, reached } = aSilentServer();
    await using sink = await opening;
    const { clock, sequence } = await due(4);
    const transport = smtpTransport(sink.server('?maxConnections=1'), { ...SMTP_DEFAULTS, closeGrace: 100 });
    const worker = aWorker(db, { clock, transport });
    worker.start();
    await reached;
    expect(worker.backlog()).toBe(4);
    await Promise.all([worker.stop(), transport.close()]);
    const enrollments = await enrollmentsOf(db, sequence.id);
    expect(enrollments.map(({ attempts }) => attempts).toSorted()).toEqual([0, 0, 0, 1]);
    expect(enrollments.map(({ claimed_step_id }) => claimed_step_id)).toEqual([null, null, null, null]);
    expect(enrollments.find(({ attempts }) => attempts === 1)?.last_error).toMatch(/^unknown_after_data/);
    expect((await lanesOf(db)).filter(({ owner }) => owner !== null)).toEqual([]);
  });
});

test('a mail that hangs holds up nobody, of its own lane or of any other', async () => {
  await using sink = await SmtpSink.start();
  const { clock, sequence, emails } = await due(10);
  const gates = new Map(emails.slice(0, 6).map((email) => [email, aGate(captureTransport())]));
  const smtp = smtpTransport(sink.server());
  const transport: Transport = {
    ...smtp,
    send: (mail) => (gates.get(mail.to.address) ?? smtp).send(mail),
  };
  const worker = aWorker(db, { clock, transport });
  worker.start();
  await vi.waitUntil(() => sink.mails.length === 4, PATIENCE);
  const intake = anIntake(db, { clock });
  await Promise.all([LANE, 6, 7, 8, 9].map((lane) => trigger(intake, sequence, { email: anAddress(lane) })));
  worker.wake();
  await vi.waitUntil(() => sink.mails.length === 9, PATIENCE);
  for (const gate of gates.values()) gate.open();
  await vi.waitUntil(async () => (await lifetimeOf(db, sequence.id)).executions === 15, PATIENCE);
});

test('a lane in which somebody writes for long holds up its own steps only, those that were held among them', async () => {
  const clock = aClock();
  const sequence = await aSequence(db);
  const intake = anIntake(db, { clock });
  const worker = aWorker(db, { clock });
  await trigger(intake, sequence, { email: anAddress(LANE) });
  await statusOf(db, sequence, 'paused');
  await worker.runDry();
  await statusOf(db, sequence, 'active');
  const counted = async () => (await lifetimeOf(db, sequence.id)).executions;
  await inLockedLane(db, LANE, async () => {
    worker.wakeHeld();
    worker.start();
    await vi.waitUntil(() => waitingForLocks(db), PATIENCE);
    await trigger(intake, sequence, { email: anAddress(6) });
    worker.wake();
    await vi.waitUntil(async () => (await counted()) === 1, PATIENCE);
  });
  await vi.waitUntil(async () => (await counted()) === 2, PATIENCE);
});

test('a lane with much to do does not keep the others waiting', async () => {
  const clock = aClock();
  const sequence = await aSequence(db);
  const intake = anIntake(db, { clock });
  const crowd = [0, 1, 2, 3].flatMap((lane) => Array.from({ length: 300 }, () => anAddress(lane)));
  await Promise.all(crowd.map((email) => trigger(intake, sequence, { email })));
  const single = anAddress(20);
  await trigger(intake, sequence, { email: single });
  const sent: string[] = [];
  const transport: Transport = {
    ...captureTransport(),
    send(mail) {
      sent.push(mail.to.address);
      return captureTransport().send(mail);
    },
  };
  await aWorker(db, { clock, transport }).runDry();
  expect(sent).toHaveLength(1_201);
  expect(sent.indexOf(single)).toBeLessThan(800);
});

test('nothing due changes no row but the leases', async () => {
  const clock = aClock();
  const worker = aWorker(db, { clock });
  await worker.runDry();
  const before = await countRows(db);
  await worker.runDry();
  expect(await countRows(db)).toEqual(before);
});

describe('a result that cannot be written', () => {
  /** Takes every mail, and says of those to `email` what no column can hold. */
  function garbled(email: () => string): Transport {
    const transport = captureTransport();
    return {
      ...transport,
      async send(mail) {
        const outcome = await transport.send(mail);
        return mail.to.address === email() ? { ...outcome, reply: '\0' } : outcome;
      },
    };
  }

  test('keeps no other from it, in its lane or elsewhere, and stopping does not wait for it', async () => {
    const clock = aClock();
    const sequence = await aSequence(db);
    const intake = anIntake(db, { clock });
    const emails = Array.from({ length: 10 }, () => anAddress(LANE));
    await Promise.all(emails.map((email) => trigger(intake, sequence, { email })));
    const transport = garbled(() => emails[4] ?? '');
    const worker = aWorker(db, { clock, transport, onTrouble: someTrouble });
    worker.start();
    const counted = async () => (await lifetimeOf(db, sequence.id)).executions;
    await vi.waitUntil(async () => (await counted()) === 9, PATIENCE);
    await Promise.all([LANE, LANE, 6].map((lane) => trigger(intake, sequence, { email: anAddress(lane) })));
    worker.wake();
    await vi.waitUntil(async () => (await counted()) === 12, PATIENCE);
    expect(worker.backlog()).toBe(1);
    await worker.stop();
    const held = (await lanesOf(db)).filter(({ owner }) => owner !== null);
    expect(held.map(({ lane }) => lane)).toEqual([LANE]);
  });
});
