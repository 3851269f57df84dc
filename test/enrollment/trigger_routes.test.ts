import { afterEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/lib/uuid.ts';
import { withKey, withSession } from '../http/bare_server.ts';
import { aClock, anAddress, aSequence, aWorker, expectCleanRecount } from '../support/factories.ts';
import { countRows, enrollmentsOf, executionsOf, lifetimeOf, triggersOf } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { openServer } from './open_server.ts';

const { db } = await setup();
const clock = aClock();
const app = await openServer(db, clock);

afterEach(() => expectCleanRecount(db));

function post(id: string, payload: unknown, headers: Record<string, string> = withKey) {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const url = `/api/sequences/${id}/trigger`;
  return app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

describe('a trigger over HTTP', () => {
  test('starts a sequence, named by its id or its key, and leads to an email', async () => {
    const sequence = await aSequence(db, { name: 'Welcome aboard', reentry: 'every_time' });
    const recipient = {
      recipient_email: ' Ada@EXAMPLE.com ',
      recipient_user_id: 'user 1',
      name: 'Ada',
      context: { plan: 'pro' },
    };
    const answer = await post(sequence.id, recipient);
    expect(answer.statusCode).toBe(202);
    const id = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(answer.json()).toEqual({
      sequence_id: sequence.id,
      accepted: 1,
      suppressed: 0,
      results: [
        {
          recipient_email: 'ada@example.com',
          outcome: 'accepted',
          reason: null,
          trigger_id: id,
          enrollment_id: id,
          contact_id: id,
          repeated: false,
        },
      ],
    });
    expect((await post(sequence.key, { ...recipient, source: 'checkout' })).json()).toMatchObject({
      accepted: 1,
    });
    await aWorker(db, { clock }).runDry();
    const execution = {
      recipient_email: 'ada@example.com',
      recipient_user_id: 'user 1',
      context: { plan: 'pro' },
    };
    const executions = await executionsOf(db, sequence.id);
    expect(executions.toSorted((a, b) => a.source.localeCompare(b.source))).toMatchObject([
      { ...execution, source: 'api' },
      { ...execution, source: 'checkout' },
    ]);
  });

  test('bears the source `manual` when an administrator is signed in', async () => {
    const sequence = await aSequence(db);
    expect((await post(sequence.id, { recipient_email: anAddress() }, withSession)).statusCode).toBe(202);
    expect(await triggersOf(db, sequence.id)).toMatchObject([{ source: 'manual' }]);
  });

  test('needs a key or a session', async () => {
    const sequence = await aSequence(db);
    expect((await post(sequence.id, { recipient_email: anAddress() }, {})).statusCode).toBe(401);
    expect(await triggersOf(db, sequence.id)).toEqual([]);
  });

  test.each(['draft', 'paused', 'archived'] as const)(
    'for a sequence that is %s is no error, and counted',
    async (status) => {
      const sequence = await aSequence(db, { status });
      const answer = await post(sequence.id, { recipient_email: anAddress() });
      expect(answer.statusCode).toBe(202);
      expect(answer.json()).toMatchObject({
        accepted: 0,
        suppressed: 1,
        results: [{ outcome: 'suppressed', reason: 'not_active', enrollment_id: null }],
      });
      expect(await lifetimeOf(db, sequence.id)).toMatchObject({ triggers: 0, suppressed: 1 });
    },
  );

  test('takes a thousand recipients at once, and answers each in its place', async () => {
    const sequence = await aSequence(db);
    const recipients = Array.from({ length: 999 }, () => ({ recipient_email: anAddress() }));
    const twice = { recipient_email: recipients[17]?.recipient_email.toUpperCase() };
    const answer = await post(sequence.id, { recipients: [...recipients, twice] });
    expect(answer.statusCode).toBe(202);
    const { accepted, suppressed, results } = answer.json();
    expect({ accepted, suppressed }).toEqual({ accepted: 999, suppressed: 1 });
    const addresses = [...recipients, recipients[17]].map((recipient) => recipient?.recipient_email);
    expect(results.map((result: { recipient_email: string }) => result.recipient_email)).toEqual(addresses);
    expect(results[999]).toMatchObject({ reason: 'already_active', contact_id: results[17].contact_id });
  });
});

describe('a call with an Idempotency-Key', () => {
  function withKeyed(key: string) {
    return { ...withKey, 'idempotency-key': key };
  }

  test('that is repeated gives the same answers, and nothing happens', async () => {
    const sequence = await aSequence(db, { reentry: 'every_time' });
    const body = { recipients: Array.from({ length: 30 }, () => ({ recipient_email: anAddress() })) };
    const key = newId();
    const first = (await post(sequence.id, body, withKeyed(key))).json();
    const before = await countRows(db);
    const second = (await post(sequence.key, body, withKeyed(key))).json();
    const ids = ({ results }: { results: { trigger_id: string }[] }) => results.map((r) => r.trigger_id);
    expect(ids(second)).toEqual(ids(first));
    expect(second).toMatchObject({ accepted: 30, results: Array(30).fill({ repeated: true }) });
    expect(await countRows(db)).toEqual(before);
    expect(await lifetimeOf(db, sequence.id)).toMatchObject({ triggers: 30 });
  });

  test('that is sent several times at once counts once', async () => {
    const sequence = await aSequence(db, { reentry: 'every_time' });
    const body = { recipients: Array.from({ length: 10 }, () => ({ recipient_email: anAddress() })) };
    const key = newId();
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => post(sequence.id, body, withKeyed(key))),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(5).fill(202));
    expect(await enrollmentsOf(db, sequence.id)).toHaveLength(10);
  });

  test('is the same whatever the order of the fields in its body', async () => {
    const sequence = await aSequence(db, { reentry: 'every_time' });
    const email = JSON.stringify(anAddress());
    const key = newId();
    const bodies = [
      `{"recipient_email":${email},"name":"Ada","context":{"a":{"b":1,"c":[2]},"d":null}}`,
      `{"context":{"d":null,"a":{"c":[2],"b":1}},"name":"Ada","recipient_email":${email}}`,
    ];
    const answers = [];
    for (const body of bodies) answers.push(await post(sequence.id, JSON.parse(body), withKeyed(key)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202]);
    expect(answers[1]?.json().results).toMatchObject([{ repeated: true }]);
    expect(await triggersOf(db, sequence.id)).toHaveLength(1);
  });

  test('is refused with another body, or for another sequence, and nothing happens', async () => {
    const sequence = await aSequence(db, { reentry: 'every_time' });
    const other = await aSequence(db, { reentry: 'every_time' });
    const body = { recipient_email: anAddress(), context: { n: 1 } };
    const key = newId();
    await post(sequence.id, body, withKeyed(key));
    const before = await countRows(db);
    for (const [id, changed, different] of [
      [sequence.id, { ...body, context: { n: 2 } }, 'another body'],
      [sequence.id, { ...body, recipient_email: anAddress() }, 'another body'],
      [sequence.id, { recipients: [body, body] }, 'another body'],
      [other.id, body, 'another sequence'],
      [other.id, { recipients: [body, body] }, 'another sequence and another body'],
    ] as const) {
      const answer = await post(id, changed, withKeyed(key));
      expect(answer.statusCode).toBe(422);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(answer.json().type).toBe('urn:sequitur:problem:idempotency_key_reused');
      expect(answer.json().detail).toContain(`was first used with ${different}.`);
    }
    expect(await countRows(db)).toEqual(before);
  });

  test('is another call under the same key of somebody else', async () => {
    const sequence = await aSequence(db, { reentry: 'every_time' });
    const key = newId();
    const one = await post(sequence.id, { recipient_email: anAddress() }, withKeyed(key));
    const other = await post(
      sequence.id,
      { recipient_email: anAddress() },
      { ...withSession, 'idempotency-key': key },
    );
    expect([one.statusCode, other.statusCode]).toEqual([202, 202]);
  });
});

describe('bad input is refused with every field’s problem, and nothing is written:', () => {
  const email = 'ada@example.com';
  const large = { text: 'x'.repeat(16_384) };
  const list = Array.from({ length: 1_001 }, () => ({ recipient_email: email }));
  const cases: [string, unknown, { path: string; message: string }[]][] = [
    ['no email', { name: 'Ada' }, [{ path: 'recipient_email', message: 'is required' }]],
    [
      'a malformed email',
      { recipient_email: 'ada at example.com' },
      [{ path: 'recipient_email', message: 'must look like name@example.com' }],
    ],
    [
      'several fields at once',
      { recipient_email: '@', name: 5, context: [], source: '' },
      [
        { path: 'recipient_email', message: 'must look like name@example.com' },
        { path: 'name', message: 'must be text' },
        { path: 'context', message: 'must be an object' },
        { path: 'source', message: 'must not be empty' },
      ],
    ],
    [
      'an item of a list',
      {
        recipients: [
          { recipient_email: email },
          { recipient_email: 'nobody' },
          { recipient_email: email, context: large },
        ],
      },
      [
        { path: 'recipients[1].recipient_email', message: 'must look like name@example.com' },
        { path: 'recipients[2].context', message: 'is larger than 16 kB' },
      ],
    ],
    [
      'more than a thousand',
      { recipients: list },
      [{ path: 'recipients', message: 'must have at most 1000 entries' }],
    ],
    ['nobody', { recipients: [] }, [{ path: 'recipients', message: 'must not be empty' }]],
    [
      'a context that is a text',
      { recipient_email: email, context: 'spring' },
      [{ path: 'context', message: 'must be an object' }],
    ],
    [
      'a context over 16 kB',
      { recipient_email: email, context: large },
      [{ path: 'context', message: 'is larger than 16 kB' }],
    ],
    [
      'an unknown field',
      { recipient_email: email, recipent_name: 'Ada' },
      [
        {
          path: 'recipent_name',
          message: 'is not known here (known are recipient_email, recipient_user_id, name, context, source)',
        },
      ],
    ],
    ['a list', [{ recipient_email: email }], [{ path: 'body', message: 'must be an object' }]],
  ];

  test.each(cases)('%s', async (_name, body, errors) => {
    const sequence = await aSequence(db);
    const before = await countRows(db);
    const headers = { ...withKey, 'idempotency-key': newId() };
    const answer = await post(sequence.id, body, headers);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ type: 'urn:sequitur:problem:invalid', errors });
    expect(await countRows(db)).toEqual(before);
  });

  test.each([
    ['a body that is not JSON', '{"recipient_email": ', 400, 'not_json'],
    ['no body at all', '', 400, 'not_json'],
    ['a body over the limit', `{"name": "${'x'.repeat(18 * 1024 * 1024)}"}`, 413, 'too_large'],
  ])('%s', async (_name, body, status, kind) => {
    const sequence = await aSequence(db);
    const before = await countRows(db);
    const answer = await post(sequence.id, body);
    expect(answer.statusCode).toBe(status);
    expect(answer.json().type).toBe(`urn:sequitur:problem:${kind}`);
    expect(await countRows(db)).toEqual(before);
  });

  test('a body of another kind', async () => {
    const sequence = await aSequence(db);
    const answer = await post(sequence.id, `recipient_email=${email}`, {
      ...withKey,
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(answer.statusCode).toBe(415);
    expect(answer.json().detail).toBe(
      'The body came as "application/x-www-form-urlencoded". Send it as JSON, with Content-Type: application/json.',
    );
  });

  test('a sequence that there is not', async () => {
    const before = await countRows(db);
    for (const id of [newId(), 'no-such-sequence']) {
      const answer = await post(id, { recipient_email: email });
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ type: 'urn:sequitur:problem:not_found' });
    }
    expect(await countRows(db)).toEqual(before);
  });

  test('a context of exactly 16 kB is taken', async () => {
    const sequence = await aSequence(db);
    const context = { text: 'x'.repeat(16_384 - '{"text":""}'.length) };
    expect((await post(sequence.id, { recipient_email: anAddress(), context })).statusCode).toBe(202);
  });
});
