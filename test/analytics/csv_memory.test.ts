import { execFile } from 'node:child_process';
import { get } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { KyselyPlugin } from 'kysely';
import { expect, test } from 'vitest';
import { ensureWeeks } from '../../src/ledger/weeks.ts';
import { withKey } from '../http/bare_server.ts';
import { aClock, aSequence } from '../support/factories.ts';
import { setup } from '../support/setup.ts';
import { insertManyExecutions } from './many_rows.sql.ts';
import { openAnalytics } from './open_server.ts';

const ROWS = 200_000;

const { db, connection } = await setup();
const start = new Date('2026-03-02T00:00:00Z');
await ensureWeeks(db, [start]);
const sequence = await aSequence(db);
await insertManyExecutions(db, { sequenceId: sequence.id, n: ROWS, start });

// Hears of every page that is read from the database.
let pages = 0;
const counting: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  async transformResult({ result }) {
    if (result.rows.length > 1_000) pages += 1;
    return result;
  },
};
const { app } = await openAnalytics(db.withPlugin(counting), aClock('2026-03-08T12:00:00Z'));
const address = await app.listen({ host: '127.0.0.1', port: 0 });
const url = `${address}/api/sequences/${sequence.key}/analytics/executions.csv?time_range=30d`;

test('a file is read from the database no faster than it is taken, and whole in the end', async () => {
  const taking = await new Promise<Parameters<NonNullable<Parameters<typeof get>[2]>>[0]>(
    (resolve, reject) => {
      get(url, { headers: withKey }, resolve).on('error', reject);
    },
  );
  taking.pause();
  const read = await pagesWhenTheyStop();
  // A page has 1.7 MB; the system keeps some megabytes of a connection whose other end does not read.
  expect(read).toBeLessThan(ROWS / 5_000 / 2);
  let lines = 0;
  for await (const bytes of taking as AsyncIterable<Buffer>)
    for (const byte of bytes) if (byte === 10) lines += 1;
  expect(lines).toBe(1 + ROWS);
  expect(pages).toBe(ROWS / 5_000);
}, 120_000);

test('a reader who leaves ends the reading', async () => {
  pages = 0;
  await new Promise<void>((resolve, reject) => {
    get(url, { headers: withKey }, (answer) => {
      answer.once('data', () => {
        answer.destroy();
        resolve();
      });
    }).on('error', reject);
  });
  expect(await pagesWhenTheyStop()).toBeLessThan(ROWS / 5_000 / 2);
}, 120_000);

test('a long file takes no more memory than a short one', async () => {
  const before = new Date(start.getTime() + 7 * 86_400_000);
  const asked = JSON.stringify({ connection, sequenceId: sequence.id, from: start, before });
  const script = fileURLToPath(new URL('./read_slowly.ts', import.meta.url));
  // All rows would take some 300 MB: with a heap of 48 the program would not come to its end.
  const run = promisify(execFile)(process.execPath, ['--max-old-space-size=48', script, asked]);
  const { lines, megabytes } = JSON.parse((await run).stdout);
  expect(lines).toBe(1 + ROWS);
  expect(megabytes).toBeLessThan(300);
}, 120_000);

/** How many pages were read when no more is, for half a second. */
async function pagesWhenTheyStop(): Promise<number> {
  for (let seen = -1; ; seen = pages) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (seen === pages) return pages;
  }
}
