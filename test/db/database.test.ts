import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isUp, openDatabase, ping } from '../../src/db/database.ts';
import { DatabaseProxy } from '../support/database_proxy.ts';
import { setup } from '../support/setup.ts';

const { connection } = await setup();

test('a connection is looked after from the tenth silent second on', async () => {
  const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const watched = vi.spyOn(Socket.prototype, 'setKeepAlive');
  onTestFinished(() => watched.mockRestore());
  const pool = openDatabase({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  const asked = ping(pool);
  const [socket] = await once(server, 'connection');
  await vi.waitUntil(() => watched.mock.calls.length > 0);
  expect(watched.mock.calls).toEqual([[true, 10_000]]);
  socket.destroy();
  await expect(asked).rejects.toThrow();
  await pool.destroy();
});

test('a server that falls silent is given up in time, and another connection serves the next', async () => {
  await using proxy = await DatabaseProxy.start(connection);
  const pool = openDatabase(proxy.connection, { max: 1, answerMs: 100 });
  await ping(pool);
  proxy.freeze();
  expect(await isUp(pool)).toBe(false);
  expect(await isUp(pool)).toBe(true);
  await pool.destroy();
});
