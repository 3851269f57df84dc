import { afterEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/lib/uuid.ts';
import { aClock, aSequence, expectCleanRecount } from '../support/factories.ts';
import { countRows } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { openServer } from './open_server.ts';

const { db } = await setup();
const clock = aClock();
const { post } = await openServer(db, clock, () => {});

const AT = '2026-02-27T10:11:12.345Z';

afterEach(() => expectCleanRecount(db));

describe('bad input is refused with every field’s problem, and nothing is written:', () => {
  const good = { sequence: 'spring-sale', recipient_email: 'ada@example.com', executed_at: AT };
  const required = 'is required where there is no id';
  const cases: [string, unknown, { path: string; message: string }[]][] = [
    ['no sequence', { ...good, sequence: undefined }, [{ path: 'sequence', message: 'is required' }]],
    ['an empty sequence', { ...good, sequence: ' ' }, [{ path: 'sequence', message: 'must not be empty' }]],
    [
      'a misspelt name',
      { ...good, sequence: undefined, seq: 'spring-sale', foo: 1 },
      [
        { path: 'sequence', message: 'is required' },
        { path: 'seq', message: expect.stringMatching(/^is not known here \(known are sequence, /) },
        { path: 'foo', message: expect.stringMatching(/^is not known here/) },
      ],
    ],
    [
      'no address',
      { ...good, recipient_email: undefined },
      [{ path: 'recipient_email', message: 'is required' }],
    ],
    [
      'a malformed address',
      { ...good, recipient_email: 'ada at example.com' },
      [{ path: 'recipient_email', message: 'must look like name@example.com' }],
    ],
    [
      'neither an id nor an instant',
      { ...good, executed_at: undefined },
      [{ path: 'executed_at', message: required }],
    ],
    [
      'several fields at once',
      { sequence: 5, recipient_email: '@', context: [], source: 'x'.repeat(65), step: {}, id: 7 },
      [
        { path: 'sequence', message: 'must be text' },
        { path: 'recipient_email', message: 'must look like name@example.com' },
        { path: 'source', message: 'must have at most 64 characters' },
        { path: 'step', message: 'must be text' },
        { path: 'context', message: 'must be an object' },
        { path: 'id', message: 'must be text' },
      ],
    ],
    [
      'a problem beside a missing instant',
      { sequence: 'spring-sale', recipient_email: '@' },
      [
        { path: 'recipient_email', message: 'must look like name@example.com' },
        { path: 'executed_at', message: required },
      ],
    ],
    [
      'an instant without a zone',
      { ...good, executed_at: '2026-02-27 10:11:12' },
      [
        {
          path: 'executed_at',
          message: 'does not say its time zone: end it with Z, or with an offset such as +02:00',
        },
      ],
    ],
    [
      'a day that there is not',
      { ...good, executed_at: '2026-02-29T10:11:12Z' },
      [
        {
          path: 'executed_at',
          message: 'is not a date and time that exists (RFC 3339, such as 2026-03-01T09:30:00Z)',
        },
      ],
    ],
    [
      'an instant more than five minutes in the future',
      { ...good, executed_at: '2026-03-05T09:05:00.001Z' },
      [{ path: 'executed_at', message: 'must not be more than 5 minutes in the future' }],
    ],
    [
      'an instant before the year 2000',
      { ...good, executed_at: '1999-12-31T23:59:59.999Z' },
      [{ path: 'executed_at', message: 'must not be before the year 2000' }],
    ],
    [
      'a context over 16 kB',
      { ...good, context: { text: 'x'.repeat(16_384) } },
      [{ path: 'context', message: 'is larger than 16 kB' }],
    ],
    [
      'a step that is too long',
      { ...good, step: 'x'.repeat(201) },
      [{ path: 'step', message: 'must have at most 200 characters' }],
    ],
    [
      'an id that is too long',
      { ...good, id: 'x'.repeat(201) },
      [{ path: 'id', message: 'must have at most 200 characters' }],
    ],
    [
      'a text that no database holds',
      { ...good, step: 'a\0b' },
      [{ path: 'step', message: 'has characters that are no text' }],
    ],
    [
      'an item of a list',
      { executions: [good, { ...good, recipient_email: 'nobody' }, { ...good, executed_at: undefined }] },
      [
        { path: 'executions[1].recipient_email', message: 'must look like name@example.com' },
        { path: 'executions[2].executed_at', message: required },
      ],
    ],
    ['none', { executions: [] }, [{ path: 'executions', message: 'must not be empty' }]],
    [
      'more than a thousand',
      { executions: Array(1_001).fill(good) },
      [{ path: 'executions', message: 'must have at most 1000 entries' }],
    ],
    ['a list', [good], [{ path: 'body', message: 'must be an object' }]],
  ];

  test.each(cases)('%s', async (_name, payload, errors) => {
    clock.advance({ seconds: (Date.parse('2026-03-05T09:00:00Z') - clock.now().getTime()) / 1000 });
    const before = await countRows(db);
    const { status, type, body } = await post(payload);
    expect(status).toBe(400);
    expect(type).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ type: 'urn:sequitur:problem:invalid', errors });
    expect(await countRows(db)).toEqual(before);
  });

  test('an unknown field', async () => {
    const { status, body } = await post({ ...good, recipient: 'Ada' });
    expect(status).toBe(400);
    expect(body).toMatchObject({ errors: [{ path: 'recipient' }] });
  });

  test.each([
    ['a body that is not JSON', '{"sequence": ', 400, 'not_json'],
    ['a body over the limit', `{"step": "${'x'.repeat(18 * 1024 * 1024)}"}`, 413, 'too_large'],
  ])('%s', async (_name, payload, status, kind) => {
    const answer = await post(payload);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ type: `urn:sequitur:problem:${kind}` });
  });

  test('a sequence that there is not is a 404 that names it, by id or key', async () => {
    const before = await countRows(db);
    for (const sequence of [newId(), 'no-such-sequence']) {
      const { status, body } = await post({ ...good, sequence });
      expect(status).toBe(404);
      expect(body).toMatchObject({
        type: 'urn:sequitur:problem:not_found',
        detail: `There is no sequence "${sequence}".`,
      });
    }
    expect(await countRows(db)).toEqual(before);
  });

  test('an instant within five minutes from now, and a context of exactly 16 kB, are taken', async () => {
    const sequence = await aSequence(db);
    const executed_at = new Date(clock.now().getTime() + 5 * 60_000).toISOString();
    const context = { text: 'x'.repeat(16_384 - '{"text":""}'.length) };
    const execution = { ...good, sequence: sequence.id, executed_at, context };
    expect((await post(execution)).body).toMatchObject({ recorded: 1 });
  });
});
