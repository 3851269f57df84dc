import { expect, test } from 'vitest';
import { readLimits } from '../../src/delivery/limits/limits.ts';
import { registerSendingLimits } from '../../src/delivery/sending_limits.routes.ts';
import { bearer, makeAdministrator, openServer, signIn } from '../auth/workspace.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();
const app = await openServer(db);
let changes = 0;
registerSendingLimits(app, { db, onChanged: () => (changes += 1) });
const { email } = await makeAdministrator(db, 'ada');
const headers = await signIn(app, email);

const url = '/api/settings/sending-limits';
const patch = (payload: object) => app.inject({ method: 'PATCH', url, headers, payload });

const NONE = { per_second: null, per_day: null };

test('nothing is limited until somebody says so', async () => {
  const answer = await app.inject({ url, headers });
  expect(answer.json()).toEqual({
    overall: NONE,
    each_domain: NONE,
    domains: {},
    held_back: { overall: false, domains: [] },
  });
});

test('what a change does not name stays, and null takes a limit away', async () => {
  const before = changes;
  await patch({
    overall: { per_second: 50 },
    domains: { 'GMAIL.com': { per_second: 0.5 }, 'bücher.example': {} },
  });
  const answer = await patch({
    overall: { per_day: 1_000 },
    each_domain: { per_second: 5 },
    domains: { 'gmail.com': { per_day: 9 }, 'xn--bcher-kva.example': null },
  });
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toMatchObject({
    overall: { per_second: 50, per_day: 1_000 },
    each_domain: { per_second: 5, per_day: null },
    domains: { 'gmail.com': { per_second: 0.5, per_day: 9 } },
  });
  expect(Object.keys(answer.json().domains)).toEqual(['gmail.com']);
  const lifted = await patch({ overall: NONE, each_domain: NONE, domains: { 'gmail.com': null } });
  expect(lifted.json()).toMatchObject({ overall: NONE, each_domain: NONE, domains: {} });
  expect(changes).toBe(before + 3);
});

test.each([
  [{ overall: { per_second: 0 } }, 'overall.per_second'],
  [{ overall: { per_second: 200_000 } }, 'overall.per_second'],
  [{ overall: { per_day: -1 } }, 'overall.per_day'],
  [{ overall: { per_day: 1.5 } }, 'overall.per_day'],
  [{ each_domain: { per_minute: 5 } }, 'each_domain.per_minute'],
  [{ domains: { 'no domain': { per_day: 5 } } }, 'domains.no domain'],
  [{ domains: { 'ada@example.com': { per_day: 5 } } }, 'domains.ada@example.com'],
  [{ limits: {} }, 'limits'],
])('%j is refused, and changes nothing', async (payload, path) => {
  const before = changes;
  const answer = await patch(payload);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors).toMatchObject([{ path }]);
  expect(changes).toBe(before);
  expect((await readLimits(db)).domains).toEqual({});
});

test('more domains than may be are refused, at once and in all', async () => {
  const some = (from: number, n: number, limit: object | null) =>
    Object.fromEntries(Array.from({ length: n }, (_, i) => [`d${from + i}.example.com`, limit]));
  const tooMany = await patch({ domains: some(0, 101, { per_day: 5 }) });
  expect(tooMany.json().errors).toEqual([{ path: 'domains', message: 'must be at most 100' }]);
  for (let from = 0; from < 1_000; from += 100)
    expect((await patch({ domains: some(from, 100, { per_day: 5 }) })).statusCode).toBe(200);
  const answer = await patch({ domains: some(1_000, 1, { per_day: 5 }) });
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors[0].message).toContain('more than 1000');
  for (let from = 0; from < 1_000; from += 100) await patch({ domains: some(from, 100, null) });
  expect((await readLimits(db)).domains).toEqual({});
});

test('changes at the same moment are both there afterwards, and in the log of changes', async () => {
  await Promise.all([patch({ overall: { per_second: 7 } }), patch({ overall: { per_day: 70 } })]);
  expect(await readLimits(db)).toMatchObject({ overall: { per_second: 7, per_day: 70 } });
  const { entries } = (await app.inject({ url: '/api/audit?limit=2', headers })).json();
  expect(entries).toMatchObject([
    { action: 'workspace.sending_limits_changed', actor_name: 'ada' },
    { action: 'workspace.sending_limits_changed', actor_name: 'ada' },
  ]);
  expect(entries.map(({ detail }: { detail: object }) => detail)).toContainEqual({
    overall: { per_day: 70 },
  });
});

test('only administrators may see and change them', async () => {
  const { authorization } = await bearer(db);
  const asked = await app.inject({ url, headers: { authorization } });
  const changed = await app.inject({ method: 'PATCH', url, headers: { authorization }, payload: {} });
  expect([asked.statusCode, changed.statusCode]).toEqual([403, 403]);
});
