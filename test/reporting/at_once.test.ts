import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { EVERYTHING } from '../../src/analytics/filter.ts';
import { sequenceAnalytics } from '../../src/analytics/sequence.ts';
import { type Db, openDatabase } from '../../src/db/database.ts';
import { inLane } from '../../src/db/lanes.ts';
import { openIntake } from '../../src/enrollment/intake.ts';
import { openLaneQueue } from '../../src/ledger/lane_queue.ts';
import { openReporting, type ReportedExecution } from '../../src/reporting/reporting.ts';
import { eraseContact } from '../contacts/erase.sql.ts';
import { withKey } from '../http/bare_server.ts';
import { countRows as countByHand } from '../invariants/brute_force.sql.ts';
import { DatabaseProxy } from '../support/database_proxy.ts';
import {
  aClock,
  anAddress,
  aRequest,
  aSequence,
  aWorker,
  DIRECTORY,
  expectCleanRecount,
  noTrouble,
} from '../support/factories.ts';
import { contactOf, executionsOf, lifetimeOf, moveContact } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { aReporting, openServer } from './open_server.ts';

const { db, connection } = await setup();
const clock = aClock();

afterEach(() => expectCleanRecount(db));

/** A pool of its own, as another process would have. */
function aPool(settings = connection): Db {
  const pool = openDatabase(settings, { max: 8 });
  onTestFinished(() => pool.destroy());
  return pool;
}

/** An execution of now by somebody new, but for what is given. */
function anExecution(sequence: { id: string }, some: Partial<ReportedExecution> = {}): ReportedExecution {
  return {
    sequence: sequence.id,
    recipient_email: anAddress(),
    recipient_user_id: null,
    source: 'api',
    step: null,
    executed_at: clock.now(),
    context: {},
    id: null,
    ...some,
  };
}

function daysAgo(days: number, hours = 0): Date {
  return new Date(clock.now().getTime() - days * 86_400_000 - hours * 3_600_000);
}

const PEOPLE = Array.from({ length: 12 }, (_, i) => `person${i}@example.com`);

/** `n` executions of twelve people on the last forty days, in no order, from three sources. */
function aHistory(sequences: { id: string }[], n: number, seed: number): ReportedExecution[] {
  return Array.from({ length: n }, (_, i) => {
    const mixed = (i * 7919 + seed * 104_729) % 100_003;
    return anExecution(sequences[mixed % sequences.length] ?? { id: '' }, {
      recipient_email: PEOPLE[mixed % PEOPLE.length] ?? '',
      source: ['crm', 'shop', 'api'][mixed % 3] ?? 'api',
      step: `letter ${mixed % 4}`,
      executed_at: daysAgo(mixed % 40, mixed % 24),
      id: `${seed} ${i}`,
    });
  });
}

async function expectCountsByHand(sequence: { id: string }): Promise<void> {
  for (const time_range of ['7d', '30d', 'all'] as const) {
    const asked = { sequenceId: sequence.id, range: { time_range }, compare: false, limit: 1 };
    for (const source of [null, 'crm']) {
      const filter = { ...EVERYTHING, sources: source === null ? [] : [source] };
      const { from, to, total_executions, unique_recipients } = await sequenceAnalytics(db, {
        ...asked,
        filter,
        now: clock.now(),
      });
      const byHand = { timeZone: 'Europe/Berlin', from, to, sequenceId: sequence.id, source };
      expect({ total_executions, unique_recipients }).toEqual(await countByHand(db, byHand));
    }
  }
}

describe('executions that are reported late', () => {
  test('take their places between those that are there: every range counts as by hand', async () => {
    const sequences = [await aSequence(db), await aSequence(db)];
    const reporting = aReporting(db, clock);
    const history = aHistory(sequences, 300, 1);
    await reporting.submit(history.slice(0, 150));
    for (const execution of history.slice(150, 180)) await reporting.submit([execution]);
    await reporting.submit(history.slice(180));
    for (const sequence of sequences) await expectCountsByHand(sequence);
  });

  test('while own mail of the same people goes out, from several connections at once, count as by hand', async () => {
    const sequences = [
      await aSequence(db, { reentry: 'every_time' }),
      await aSequence(db, { reentry: 'every_time' }),
    ];
    const processes = Array.from({ length: 3 }, () => {
      const pool = aPool();
      const queue = openLaneQueue({ db: pool, now: clock.now, onTrouble: noTrouble });
      return {
        intake: openIntake({ queue, directory: DIRECTORY, onCommitted: () => {} }),
        reporting: openReporting({
          db: pool,
          queue,
          directory: DIRECTORY,
          now: clock.now,
          onCounted: () => {},
        }),
      };
    });
    const worker = aWorker(db, { clock });
    const live = processes.flatMap(({ intake }) =>
      sequences.flatMap((sequence) =>
        PEOPLE.map(async (email) => {
          await intake.submit([aRequest(sequence, { email })]);
          await worker.runDry();
        }),
      ),
    );
    const late = processes.flatMap(({ reporting }, seed) => {
      const history = aHistory(sequences, 200, 10 + seed);
      const singles = history.slice(0, 40).map((execution) => reporting.submit([execution]));
      return [...singles, reporting.submit(history.slice(40)), reporting.submit(history.slice(0, 60))];
    });
    await Promise.all([...live, ...late]);
    await worker.runDry();
    const rows = (await Promise.all(sequences.map(({ id }) => executionsOf(db, id)))).flat();
    expect(rows.filter(({ via }) => via === 'reported')).toHaveLength(600);
    expect(rows.filter(({ via }) => via === 'captured')).toHaveLength(72);
    for (const sequence of sequences) await expectCountsByHand(sequence);
  }, 120_000);
});

describe('single calls', () => {
  test('that come together share transactions, and each is answered with its own', async () => {
    const sequence = await aSequence(db);
    let commits = 0;
    const { post } = await openServer(db, clock, () => {
      commits += 1;
    });
    const executions = Array.from({ length: 400 }, (_, i) => ({
      sequence: sequence.key,
      recipient_email: anAddress(i % 4),
      id: `row ${i}`,
    }));
    const answers = await Promise.all(executions.map((execution) => post(execution, withKey)));
    expect(answers.every(({ status, body }) => status === 200 && body.recorded === 1)).toBe(true);
    expect(commits).toBeLessThan(200);
    const rows = new Map((await executionsOf(db, sequence.id)).map((row) => [row.id, row.recipient_email]));
    expect(answers.map(({ body }) => rows.get(body.results[0]?.id ?? ''))).toEqual(
      executions.map(({ recipient_email }) => recipient_email),
    );
  }, 60_000);

  test('of one execution from several processes at once count it once', async () => {
    const sequence = await aSequence(db);
    const reportings = Array.from({ length: 4 }, () => aReporting(aPool(), clock));
    const executions = Array.from({ length: 20 }, (_, i) => anExecution(sequence, { id: `row ${i}` }));
    const answers = await Promise.all(
      executions.flatMap((execution) => reportings.map((reporting) => reporting.submit([execution]))),
    );
    const outcomes = answers.flat().map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(20);
    expect(outcomes.filter((outcome) => outcome === 'repeated')).toHaveLength(60);
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 20, recipients: 20 });
  });
});

describe('a call that fails', () => {
  test('in its middle, with the database away, is taken up where it stopped when it is repeated', async () => {
    const sequence = await aSequence(db);
    const executions = Array.from({ length: 1_000 }, (_, i) => anExecution(sequence, { id: `row ${i}` }));
    await using proxy = await DatabaseProxy.start(connection);
    const pool = aPool(proxy.connection);
    let commits = 0;
    const interrupted = aReporting(pool, clock, () => {
      commits += 1;
      if (commits === 5) proxy.cut();
    });
    await expect(interrupted.submit(executions)).rejects.toThrow();
    const before = (await executionsOf(db, sequence.id)).length;
    expect(before).toBeLessThan(1_000);
    const answers = await aReporting(db, clock).submit(executions);
    const recorded = answers.filter(({ outcome }) => outcome === 'recorded').length;
    expect(recorded + (await executionsOf(db, sequence.id)).length).toBeGreaterThanOrEqual(1_000);
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 1_000, recipients: 1_000 });
  }, 60_000);

  test('for one of its executions fails alone: what shares its transaction is recorded', async () => {
    const sequence = await aSequence(db);
    const reporting = aReporting(db, clock);
    const executions = Array.from({ length: 9 }, (_, i) =>
      anExecution(sequence, {
        recipient_email: anAddress(7),
        context: i === 4 ? { text: 'no text \0 at all' } : {},
      }),
    );
    const answers = await Promise.allSettled(executions.map((execution) => reporting.submit([execution])));
    expect(answers.map(({ status }) => status === 'fulfilled')).toEqual(executions.map((_, i) => i !== 4));
    expect(await executionsOf(db, sequence.id)).toHaveLength(8);
  });
});

describe('a person', () => {
  test('whose address lives in another lane is counted where they are, once under both addresses', async () => {
    const sequence = await aSequence(db);
    const reporting = aReporting(db, clock);
    const old = anAddress(3);
    const [first] = await reporting.submit([anExecution(sequence, { recipient_email: old })]);
    const contact_id = first && 'contact_id' in first ? first.contact_id : '';
    const email = anAddress(20);
    await inLane(db, 3, (tx) =>
      moveContact(tx, DIRECTORY.secret, { lane: 3, contact_id }, { lane: 20, email }),
    );
    const again = await reporting.submit([
      anExecution(sequence, { recipient_email: email, executed_at: daysAgo(2) }),
      anExecution(sequence, { recipient_email: old, executed_at: daysAgo(4) }),
    ]);
    expect(again).toMatchObject([
      { outcome: 'recorded', contact_id },
      { outcome: 'recorded', contact_id },
    ]);
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 3, recipients: 1 });
  });

  test('who was erased stays so: an old report is known again, a new one names nobody', async () => {
    const sequence = await aSequence(db);
    const reporting = aReporting(db, clock);
    const email = anAddress();
    const said = { recipient_email: email, recipient_user_id: 'user 1', context: { city: 'Ulm' } };
    const old = anExecution(sequence, { ...said, id: 'old' });
    await reporting.submit([old]);
    const { lane = 0, id = '' } = (await contactOf(db, email)) ?? {};
    await eraseContact(db, lane, id, clock.now());
    const answers = await reporting.submit([
      old,
      anExecution(sequence, { ...said, id: 'new', executed_at: daysAgo(1) }),
    ]);
    expect(answers.map(({ outcome }) => outcome)).toEqual(['repeated', 'recorded']);
    const [fresh] = await executionsOf(db, sequence.id);
    expect(fresh).toMatchObject({
      contact_id: id,
      recipient_email: `erased-${id}@erased.invalid`,
      recipient_user_id: null,
      context: {},
    });
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 2, recipients: 1 });
  });
});
