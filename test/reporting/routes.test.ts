import { afterEach, describe, expect, test } from 'vitest';
import { withKey, withSession } from '../http/bare_server.ts';
import { aClock, anAddress, aSequence, expectCleanRecount } from '../support/factories.ts';
import { contactOf, countRows, executionsOf, lifetimeOf } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { openServer } from './open_server.ts';

const { db } = await setup();
const clock = aClock();
let counted: string[] = [];
const { post } = await openServer(db, clock, (ids) => counted.push(...ids));

const UUID = /^[0-9a-f-]{36}$/;
const AT = '2026-02-27T10:11:12.345Z';

afterEach(() => expectCleanRecount(db));

describe('a reported execution', () => {
  test('is a row like any other, with its person, and moves the counts of its sequence', async () => {
    const sequence = await aSequence(db, { name: 'Their own newsletter', status: 'draft', steps: [] });
    counted = [];
    const answer = await post({
      sequence: sequence.key,
      recipient_email: ' Ada@EXAMPLE.com ',
      recipient_user_id: 'user 1',
      source: 'crm',
      step: 'first-letter',
      executed_at: '2026-02-27T11:11:12.345678+01:00',
      context: { campaign: 'spring' },
      id: '48211',
    });
    expect(answer.status).toBe(200);
    const { contact_id = '', step = '' } = answer.body.results[0] ?? {};
    expect(answer.body).toEqual({
      recorded: 1,
      repeated: 0,
      refused: 0,
      results: [
        {
          outcome: 'recorded',
          id: expect.stringMatching(UUID),
          sequence_id: sequence.id,
          step: expect.stringMatching(UUID),
          contact_id: expect.stringMatching(UUID),
          executed_at: AT,
          problem: null,
        },
      ],
    });
    expect(await executionsOf(db, sequence.id)).toMatchObject([
      {
        id: answer.body.results[0]?.id,
        contact_id,
        step_id: step,
        revision: null,
        recipient_email: 'ada@example.com',
        recipient_user_id: 'user 1',
        context: { campaign: 'spring' },
        source: 'crm',
        via: 'reported',
        executed_at: new Date(AT),
      },
    ]);
    expect(await contactOf(db, 'ada@example.com')).toMatchObject({ id: contact_id });
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 1, recipients: 1, triggers: 0 });
    expect(counted).toEqual([sequence.id]);
  });

  test('may leave out all but sequence, address and instant', async () => {
    const sequence = await aSequence(db);
    const { status } = await post({
      sequence: sequence.id.toUpperCase(),
      recipient_email: anAddress(),
      executed_at: AT,
      step: null,
      context: null,
      id: null,
    });
    expect(status).toBe(200);
    expect(await executionsOf(db, sequence.id)).toMatchObject([
      { source: 'api', step_id: null, recipient_user_id: null, context: {} },
    ]);
  });

  test.each(['draft', 'active', 'paused', 'archived'] as const)(
    'of a sequence that is %s is taken',
    async (status) => {
      const sequence = await aSequence(db, { status });
      const answer = await post({ sequence: sequence.id, recipient_email: anAddress(), executed_at: AT });
      expect(answer.body.recorded).toBe(1);
    },
  );

  test('needs a key or a session', async () => {
    const sequence = await aSequence(db);
    const execution = { sequence: sequence.id, recipient_email: anAddress(), executed_at: AT };
    expect((await post(execution, {})).status).toBe(401);
    expect((await post(execution, withSession)).status).toBe(200);
    expect((await post(execution, withKey)).body).toMatchObject({ repeated: 1 });
  });

  test('fills in what is not known of a person, and replaces nothing', async () => {
    const sequence = await aSequence(db);
    const email = anAddress();
    const say = (recipient_user_id: string | null, id: string) =>
      post({ sequence: sequence.id, recipient_email: email, recipient_user_id, id });
    await say(null, 'a');
    await say('user 1', 'b');
    await say('user 2', 'c');
    expect(await contactOf(db, email)).toMatchObject({ external_user_id: 'user 1' });
    const rows = await executionsOf(db, sequence.id);
    expect(new Set(rows.map(({ recipient_user_id }) => recipient_user_id))).toEqual(
      new Set([null, 'user 1', 'user 2']),
    );
  });
});

describe('a thousand at once', () => {
  test('are answered each in its place, over all lanes, and again as repeated', async () => {
    const sequence = await aSequence(db);
    const executions = Array.from({ length: 1_000 }, (_, i) => ({
      sequence: sequence.key,
      recipient_email: `person${i % 400}@example.com`,
      step: `letter ${i % 3}`,
      executed_at: new Date(Date.parse(AT) - (i % 90) * 86_400_000).toISOString(),
      id: `row ${i}`,
    }));
    const first = await post({ executions });
    expect(first.body).toMatchObject({ recorded: 1_000, repeated: 0, refused: 0 });
    const again = await post({ executions });
    expect(again.body).toMatchObject({ recorded: 0, repeated: 1_000, refused: 0 });
    const ids = first.body.results.map(({ id }) => id);
    expect(again.body.results.map(({ id }) => id)).toEqual(ids);
    const rows = new Map((await executionsOf(db, sequence.id)).map((row) => [row.id, row]));
    expect(ids.map((id) => rows.get(id)?.recipient_email)).toEqual(
      executions.map(({ recipient_email }) => recipient_email),
    );
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ executions: 1_000, recipients: 400 });
  }, 60_000);

  test('are recorded but for those that name no sequence or contradict what was recorded', async () => {
    const sequence = await aSequence(db);
    const email = anAddress();
    const execution = { sequence: sequence.key, recipient_email: email, executed_at: AT };
    const { body, status } = await post({
      executions: [
        { ...execution, id: '1' },
        { ...execution, id: '2', sequence: 'no-such-sequence' },
        { ...execution, id: '1', source: 'elsewhere' },
        { ...execution, id: '1' },
        { ...execution, id: '3' },
      ],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ recorded: 2, repeated: 1, refused: 2 });
    expect(body.results.map(({ outcome }) => outcome)).toEqual([
      'recorded',
      'unknown_sequence',
      'conflict',
      'repeated',
      'recorded',
    ]);
    expect(body.results[1]).toEqual({
      outcome: 'unknown_sequence',
      id: null,
      sequence_id: null,
      step: null,
      contact_id: null,
      executed_at: null,
      problem: {
        type: 'urn:sequitur:problem:not_found',
        title: 'Not Found',
        status: 404,
        detail: 'There is no sequence "no-such-sequence".',
      },
    });
    expect(body.results[2]).toMatchObject({
      id: body.results[0]?.id,
      problem: { type: 'urn:sequitur:problem:execution_conflict', title: 'Conflict', status: 409 },
    });
    expect(await executionsOf(db, sequence.id)).toHaveLength(2);
  });
});

describe('the same execution handed in again', () => {
  const execution = {
    recipient_user_id: 'user 1',
    source: 'crm',
    step: 'first',
    context: { a: 1, b: { c: 2, d: 3 } },
  };

  test('changes nothing, with an id or without, whatever the order of its fields and the case of its address', async () => {
    const sequence = await aSequence(db);
    const said = { ...execution, sequence: sequence.id, recipient_email: anAddress(), executed_at: AT };
    const same = {
      ...said,
      sequence: sequence.key,
      recipient_email: said.recipient_email.toUpperCase(),
      executed_at: '2026-02-27T12:11:12.345+02:00',
      context: { b: { d: 3, c: 2 }, a: 1 },
    };
    for (const id of ['48211', undefined]) {
      expect((await post({ ...said, id })).body).toMatchObject({ recorded: 1 });
      expect((await post({ ...same, id })).body).toMatchObject({ repeated: 1 });
    }
    expect(await executionsOf(db, sequence.id)).toHaveLength(2);
  });

  test('with an id and without an instant keeps the first one’s instant, however much later it comes', async () => {
    const sequence = await aSequence(db);
    const said = { ...execution, sequence: sequence.id, recipient_email: anAddress(), id: 'undated' };
    const first = await post(said);
    expect(first.body.results[0]?.executed_at).toBe(clock.now().toISOString());
    clock.advance({ days: 3 });
    const again = await post(said);
    expect(again.body).toMatchObject({
      repeated: 1,
      results: [first.body.results[0] && { ...first.body.results[0], outcome: 'repeated' }],
    });
    expect((await post({ ...said, executed_at: clock.now().toISOString() })).status).toBe(409);
    expect(await executionsOf(db, sequence.id)).toHaveLength(1);
  });

  test.each([
    ['another source', { source: 'shop' }],
    ['another step', { step: 'second' }],
    ['another context', { context: { a: 2 } }],
    ['another user id', { recipient_user_id: 'user 2' }],
    ['another instant', { executed_at: '2026-02-27T10:11:12.346Z' }],
  ])('under its id with %s is a 409, and nothing changes', async (_name, change) => {
    const sequence = await aSequence(db);
    const said = {
      ...execution,
      sequence: sequence.id,
      recipient_email: anAddress(),
      executed_at: AT,
      id: '1',
    };
    await post(said);
    const before = await countRows(db);
    const { status, type, body } = await post({ ...said, ...change });
    expect(status).toBe(409);
    expect(type).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({
      type: 'urn:sequitur:problem:execution_conflict',
      detail: 'The id "1" stands for another email to this recipient.',
    });
    const { reported_steps: _, ...after } = await countRows(db);
    const { reported_steps: __, ...expected } = before;
    expect(after).toEqual(expected);
  });

  test('without an id and with another context is a 409 that says what its identity is', async () => {
    const sequence = await aSequence(db);
    const said = { ...execution, sequence: sequence.id, recipient_email: anAddress(), executed_at: AT };
    await post(said);
    const { status, body } = await post({ ...said, context: {} });
    expect(status).toBe(409);
    expect(body).toMatchObject({
      detail: expect.stringContaining('sequence, recipient, step, source and executed_at'),
    });
  });

  test('under the same id to another person is another one', async () => {
    const sequence = await aSequence(db);
    const said = { ...execution, sequence: sequence.id, executed_at: AT, id: 'mailing 7' };
    await post({ ...said, recipient_email: anAddress() });
    expect((await post({ ...said, recipient_email: anAddress() })).body).toMatchObject({ recorded: 1 });
  });
});
