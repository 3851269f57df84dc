import { expect, test } from 'vitest';
import { listName } from '../../src/analytics/fields.routes.ts';
import { aClock, aContact, aSequence } from '../support/factories.ts';
import { contactOf } from '../support/rows.sql.ts';
import { setup } from '../support/setup.ts';
import { CURSORS, openAnalytics } from './open_server.ts';

const { db } = await setup();
const { problemOf, text } = await openAnalytics(db, aClock());
const { id: sequenceId } = await aSequence(db);
await aSequence(db, { name: 'Win-back' });
const contact = await contactOf(db, await aContact(db));

const OF_SEQUENCE = [
  '',
  '/series',
  '/series.csv',
  '/breakdown',
  '/funnel',
  '/executions',
  '/executions.csv',
  '/recipients',
  '/recipients.csv',
].map((question) => `/api/sequences/spring-sale/analytics${question}`);
const RANGED = [...OF_SEQUENCE, '/api/analytics', '/api/analytics/series'];
const LISTS = OF_SEQUENCE.filter((url) => /(executions|recipients)$/.test(url));

async function expectProblem(url: string, path: string, message: string | RegExp): Promise<void> {
  const { statusCode, type, problem } = await problemOf(url);
  expect(statusCode, `${url}: ${JSON.stringify(problem)}`).toBe(400);
  expect(type).toMatch(/^application\/problem\+json/);
  expect(problem).toMatchObject({ type: 'urn:sequitur:problem:invalid', title: 'Bad Request', status: 400 });
  expect(problem.errors, url).toEqual([{ path, message: expect.stringMatching(message) }]);
  expect(problem.detail).toContain(path);
}

const NOT_A_DATE = /^is not a date that exists \(YYYY-MM-DD\)$/;

test.for([
  ['from after to', 'from=2026-03-02&to=2026-03-01', 'from', /^is after to$/],
  ['a day that February has not', 'from=2026-02-30&to=2026-03-01', 'from', NOT_A_DATE],
  ['a leap day of another year', 'from=2026-02-01&to=2026-02-29', 'to', NOT_A_DATE],
  ['a date with a time', 'from=2026-02-01T00:00:00Z&to=2026-02-03', 'from', NOT_A_DATE],
  ['a day of the year 0', 'from=0000-01-01&to=0000-01-02', 'from', /^is before 1900-01-01$/],
  ['the last days that a date can name', 'from=9999-12-01&to=9999-12-31', 'to', /^is after 2199-12-31$/],
  ['more than ten years', 'from=2016-02-28&to=2026-03-02', 'to', /^is more than ten years after from$/],
  ['from alone', 'from=2026-03-01', 'to', /^is required beside from$/],
  ['to alone', 'to=2026-03-01', 'from', /^is required beside to$/],
  [
    'a range in two ways',
    'time_range=7d&from=2026-03-01&to=2026-03-02',
    'time_range',
    /^cannot be given together/,
  ],
  ['an unknown range', 'time_range=14d', 'time_range', /^must be one of 7d, 30d, 90d, all$/],
  ['a range twice', 'time_range=7d&time_range=30d', 'time_range', /^may be given only once$/],
  ['an unknown parameter', 'range=7d', 'range', /^is not known here \(known are .*time_range, from, to/],
] as const)('%s is refused by every question about a range', async ([, query, path, message]) => {
  for (const url of RANGED) await expectProblem(`${url}?${query}`, path, message);
});

test('ten years are a range, and so is today alone', async () => {
  for (const url of RANGED) {
    await text(`${url}?from=2016-03-02&to=2026-03-02`);
    await text(`${url}?from=2015-03-02&to=2025-03-02`);
    await text(`${url}?from=2026-03-02&to=2026-03-02`);
  }
});

test.for([
  ['an unknown interval', '/series', 'interval=hour', 'interval', /^must be one of day, week, month$/],
  ['an unknown interval', '/series.csv', 'interval=year', 'interval', /^must be one of day, week, month$/],
  ['an unknown breakdown', '/breakdown', 'of=people', 'of', /^must be one of executions_by_source, /],
  ['an unknown division', '/funnel', 'by=day', 'by', /^must be one of step, revision$/],
  ['a comparison with something else', '', 'compare=last_year', 'compare', /previous$/],
  ['a long source', '', `source=${'x'.repeat(65)}`, 'source', /^must have at most 64 characters$/],
  [
    'one long source of two',
    '',
    `source=a&source=${'x'.repeat(65)}`,
    'source[1]',
    /^must have at most 64 char/,
  ],
  ['an empty source', '/executions.csv', 'source=', 'source', /^must not be empty$/],
  ['51 sources', '/funnel', 'source=a&'.repeat(51).slice(0, -1), 'source', /^must have at most 50 entries$/],
  ['a source that is no text', '/series', 'source=%00', 'source', /^has characters that are no text$/],
  ['a step that is no id', '/executions', 'step=first', 'step', /^is not a UUID$/],
  ['a revision of no step', '', 'revision=1', 'step', /^is required beside revision$/],
  [
    'a revision beyond all numbers',
    '',
    `step=${sequenceId}&revision=99999999999`,
    'revision',
    /^must be at most /,
  ],
  ['half a revision', '', `step=${sequenceId}&revision=1.5`, 'revision', /^must be a whole number$/],
  ['a step where people are told', '/recipients', `step=${sequenceId}`, 'step', /^is not known here/],
  ['no rows', '/executions', 'limit=0', 'limit', /^must be at least 1$/],
  ['too many rows', '/recipients', 'limit=201', 'limit', /^must be at most 200$/],
] as const)('%s is refused: %s', async ([, question, query, path, message]) => {
  await expectProblem(`/api/sequences/spring-sale/analytics${question}?${query}`, path, message);
});

const place = { executed_at: '2026-03-01T00:00:00.000Z', id: sequenceId };
const listed = (name: 'executions' | 'recipients', of = sequenceId) => listName(name, of, {});
const genuine = CURSORS.encode(listed('executions'), place);
const ANOTHER = /^is not a cursor that this list has given$/;

test.for([
  ['no cursor at all', 'nonsense'],
  ['an empty one', ''],
  ['one of half the length', genuine.slice(0, genuine.length / 2)],
  [
    'one with a letter changed',
    `${genuine.slice(0, -2)}${genuine.at(-2) === 'A' ? 'B' : 'A'}${genuine.at(-1)}`,
  ],
  ['a place without a signature', Buffer.from(JSON.stringify(place)).toString('base64url')],
  ['one of an earlier form', CURSORS.encode(listed('executions'), { at: place.executed_at })],
  ['one of another sequence', CURSORS.encode(listed('executions', contact?.id), place)],
  ['one of the recipients of an earlier form', CURSORS.encode(listed('recipients'), place)],
])('a forged or stale cursor is refused: %s', async ([, cursor]) => {
  for (const url of LISTS) await expectProblem(`${url}?cursor=${cursor}`, 'cursor', ANOTHER);
  await expectProblem(`/api/contacts/${contact?.id}/timeline?cursor=${cursor}`, 'cursor', ANOTHER);
});

test('a cursor of a list is good for that list alone', async () => {
  await text(`/api/sequences/spring-sale/analytics/executions?cursor=${genuine}`);
  await expectProblem(`/api/sequences/win-back/analytics/executions?cursor=${genuine}`, 'cursor', ANOTHER);
  await expectProblem(`/api/sequences/spring-sale/analytics/recipients?cursor=${genuine}`, 'cursor', ANOTHER);
});

test.for([
  ['a range', 'time_range=7d', 'time_range=90d'],
  ['days', 'from=2026-03-01&to=2026-03-10', 'from=2026-03-01&to=2026-03-11'],
  ['a source', 'source=promo', 'source=api'],
  ['a step', `step=${sequenceId}`, ''],
  ['a revision', `step=${sequenceId}&revision=1`, `step=${sequenceId}&revision=2`],
])('a cursor is good for the list of %s alone', async ([, asked, other]) => {
  const query = Object.fromEntries(new URLSearchParams(asked));
  const name = listName('executions', sequenceId, {
    ...query,
    ...(query.revision && { revision: Number(query.revision) }),
  });
  const cursor = CURSORS.encode(name, place);
  const url = '/api/sequences/spring-sale/analytics/executions';
  await text(`${url}?${asked}&cursor=${cursor}`);
  await expectProblem(`${url}?${other}&cursor=${cursor}`, 'cursor', ANOTHER);
});

test('the order in which sources are named makes no other list', async () => {
  const cursor = CURSORS.encode(listName('recipients', sequenceId, { source: ['promo', 'api'] }), {
    last_executed_at: place.executed_at,
    id: sequenceId,
    until: place.executed_at,
  });
  await text(`/api/sequences/spring-sale/analytics/recipients?source=api&source=promo&cursor=${cursor}`);
});

test('what is not there is not found', async () => {
  for (const url of OF_SEQUENCE) {
    const { statusCode, problem } = await problemOf(url.replace('spring-sale', 'no-such-sale'));
    expect(statusCode).toBe(404);
    expect(problem).toMatchObject({
      type: 'urn:sequitur:problem:not_found',
      detail: expect.stringContaining('no-such-sale'),
    });
  }
  expect((await problemOf(`/api/contacts/${sequenceId}/timeline`)).statusCode).toBe(404);
  await expectProblem('/api/contacts/ada/timeline', 'id', /^is not a UUID$/);
  expect((await problemOf(`/api/contacts/${contact?.id}/timeline?sequence=no-such-sale`)).statusCode).toBe(
    404,
  );
});
