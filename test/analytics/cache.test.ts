import { expect, test } from 'vitest';
import { cacheAnswers } from '../../src/analytics/cache.ts';
import { registerAnalytics } from '../../src/analytics/routes.ts';
import { openToday } from '../../src/analytics/today.ts';
import { findContact } from '../../src/contacts/contacts.ts';
import { createCursors } from '../../src/http/cursor.ts';
import { memoryCache } from '../../src/lib/versioned_cache.ts';
import { findSequence } from '../../src/sequences/sequences.ts';
import { bareServer, withKey } from '../http/bare_server.ts';
import { aClock, anIntake, aSequence, trigger } from '../support/factories.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();

/** Answers from memory. `computed` counts how often one had to be computed. */
function someAnswers(isLive: () => boolean = () => true) {
  const answers = cacheAnswers(memoryCache({ seconds: 60, bytes: 1_000_000 }), isLive);
  let computed = 0;
  const compute = async () => {
    computed += 1;
    return { n: computed };
  };
  return { answers, compute, computed: () => computed };
}

/** The analytics of all sequences, kept in memory. */
async function aServer(clock = aClock()) {
  const { answers } = someAnswers();
  const app = await bareServer();
  registerAnalytics(app, {
    db,
    cursors: createCursors(Buffer.alloc(32, 7)),
    now: clock.now,
    answers,
    today: openToday(db, clock.now).today,
    findSequence: (idOrKey) => findSequence(db, idOrKey),
    findContact: (id) => findContact(db, id),
  });
  const get = (url: string, headers: Record<string, string> = {}) =>
    app.inject({ url, headers: { ...withKey, ...headers } });
  return { answers, get };
}

test('an answer is computed once until a sequence that it is about changes', async () => {
  const { answers, compute, computed } = someAnswers();
  const ask = (about: string | null) => answers.answer(about, ['series', '7d'], compute);
  const first = await ask('one');
  expect(await ask('one')).toEqual(first);
  await ask('two');
  const all = await ask(null);
  expect(computed()).toBe(3);

  answers.changed(['two']);
  expect(await ask('one')).toEqual(first);
  expect((await ask(null)).etag).not.toBe(all.etag);
  answers.changed(['one']);
  const later = await ask('one');
  expect(later).toMatchObject({ json: '{"n":5}' });
  expect(later.etag).not.toBe(first.etag);
  answers.clear();
  expect((await ask('one')).json).toBe('{"n":6}');
});

test('asked by many at once it is computed once, and one that fails is not kept', async () => {
  const { answers, compute, computed } = someAnswers();
  const many = await Promise.all(Array.from({ length: 20 }, () => answers.answer('one', ['q'], compute)));
  expect(computed()).toBe(1);
  expect(new Set(many.map(({ json }) => json))).toEqual(new Set(['{"n":1}']));

  const failing = () => answers.answer('two', ['q'], () => Promise.reject(new Error('no database')));
  const failed = await Promise.allSettled([failing(), failing()]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await answers.answer('two', ['q'], compute)).json).toBe('{"n":2}');
});

test('an answer that was being computed when something changed is given to those who asked before only', async () => {
  const { answers, compute } = someAnswers();
  const { promise: slowly, resolve } = Promise.withResolvers<object>();
  const before = answers.answer('one', ['q'], () => slowly);
  await Promise.resolve();
  answers.changed(['one']);
  expect((await answers.answer('one', ['q'], compute)).json).toBe('{"n":1}');
  resolve({ old: true });
  expect((await before).json).toBe('{"old":true}');
  expect((await answers.answer('one', ['q'], compute)).json).not.toContain('old');
});

test('while changes made elsewhere are not heard, every answer is computed and has no tag', async () => {
  let isLive = true;
  const { answers, compute } = someAnswers(() => isLive);
  await answers.answer('one', ['q'], compute);
  isLive = false;
  for (const n of [2, 3]) {
    expect(await answers.answer('one', ['q'], compute)).toEqual({ json: `{"n":${n}}`, etag: null });
  }
});

test('whoever has the answer already is told so in a 304, until it changes', async () => {
  const { answers, get } = await aServer();
  const sequence = await aSequence(db);
  const paths = ['', '?time_range=7d', '/series', '/series?interval=week', '/funnel', '/breakdown'];
  const urls = [
    ...paths.map((path) => `/api/sequences/${sequence.key}/analytics${path}`),
    ...['/api/sequences/analytics/summary', '/api/analytics', '/api/analytics/series'],
  ];
  const tags = new Set<unknown>();
  for (const url of urls) {
    const first = await get(url);
    const etag = String(first.headers.etag);
    tags.add(etag);
    expect(first.headers['cache-control']).toBe('private, no-cache');
    const second = await get(url, { 'if-none-match': `"other", ${etag}` });
    expect([second.statusCode, second.body, second.headers.etag]).toEqual([304, '', etag]);
    expect((await get(url)).body).toBe(first.body);
    answers.changed([sequence.id]);
    const third = await get(url, { 'if-none-match': etag });
    expect(third.statusCode).toBe(200);
    expect(third.headers.etag).not.toBe(etag);
  }
  expect(tags.size).toBe(urls.length);
});

test('a range is known by its days: the same all day long, another tomorrow, whatever its name', async () => {
  const clock = aClock('2026-03-02T09:00:00.000Z');
  const { get } = await aServer(clock);
  const sequence = await aSequence(db);
  const url = `/api/sequences/${sequence.key}/analytics?time_range=7d`;
  const first = await get(url);
  expect(first.json()).toMatchObject({ from: '2026-02-24', to: '2026-03-02' });
  // 23:59:59.999 in Berlin.
  clock.advance({ hours: 13, seconds: 3_599.999 });
  await trigger(anIntake(db, { clock }), sequence);
  expect((await get(url)).body).toBe(first.body);
  clock.advance({ seconds: 0.001 });
  const tomorrow = await get(url);
  expect(tomorrow.json()).toMatchObject({ from: '2026-02-25', to: '2026-03-03', triggers: 1 });
  expect(tomorrow.headers.etag).not.toBe(first.headers.etag);
});
