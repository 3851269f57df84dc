import pino from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { compose } from '../../src/app.ts';
import { createApiKey } from '../../src/auth/api_keys.ts';
import { readConfig } from '../../src/config.ts';
import { closeDatabase, openDatabase } from '../../src/db/database.ts';
import { DatabaseProxy } from '../support/database_proxy.ts';
import { aSequence } from '../support/factories.ts';
import { setup } from '../support/setup.ts';

const { db, connection } = await setup();

test('while the database is away every route says so, and the log once; then all is well again', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  const through = openDatabase(proxy.connection);
  onTestFinished(() => closeDatabase(through));
  const read = readConfig({}, '/nowhere');
  if (!read.ok) throw new Error(read.problems.join());
  const lines: { level: number; msg: string }[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const { app, stop } = await compose(
    { db: through, connection: proxy.connection },
    { config: read.config, publicUrl: 'http://localhost', log, sends: false },
  );
  onTestFinished(stop);
  const { id } = await aSequence(db);
  const { secret } = await createApiKey(db, { name: 'test', createdBy: { kind: 'system', name: 'test' } });
  const headers = { authorization: `Bearer ${secret}` };
  const ask = (method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) =>
    app.inject({ method, url, headers, ...(payload && { payload }) });
  expect((await ask('GET', '/api/sequences')).statusCode).toBe(200);

  proxy.cut();
  for (const url of ['/api/sequences', '/api/contacts', `/api/sequences/${id}/analytics`, '/p/spring-sale']) {
    const answer = await ask('GET', url);
    expect(answer.statusCode, url).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
  }
  const change = await ask('PATCH', `/api/sequences/${id}`, { name: 'Autumn sale' });
  expect(change.statusCode).toBe(503);
  expect(change.json().detail).toMatch(/look whether this was done/);
  expect(change.headers['retry-after']).toBeUndefined();
  const trigger = await ask('POST', `/api/sequences/${id}/trigger`, { recipient_email: 'ada@example.com' });
  expect(trigger.statusCode).toBe(503);
  expect(lines.filter(({ level }) => level >= 50).map(({ msg }) => msg)).toEqual([
    expect.stringMatching(/^The database does not answer /),
  ]);

  proxy.mend();
  await vi.waitUntil(async () => (await ask('GET', '/api/sequences')).statusCode === 200, {
    timeout: 20_000,
  });
});
