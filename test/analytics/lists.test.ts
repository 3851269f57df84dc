import { expect, test } from 'vitest';
import { cacheAnswers } from '../../src/analytics/cache.ts';
import { registerAnalytics } from '../../src/analytics/routes.ts';
import { openToday } from '../../src/analytics/today.ts';
import { findContact } from '../../src/contacts/contacts.ts';
import { createCursors } from '../../src/http/cursor.ts';
import { memoryCache } from '../../src/lib/versioned_cache.ts';
import { findSequence } from '../../src/sequences/sequences.ts';
import { bareServer, withKey } from '../http/bare_server.ts';
import { aClock, anIntake, aSequence, aWorker, trigger } from '../support/factories.ts';
import { setup } from '../support/setup.ts';

const { db } = await setup();
const clock = aClock();
const app = await bareServer();
registerAnalytics(app, {
  db,
  cursors: createCursors(Buffer.alloc(32, 7)),
  now: clock.now,
  answers: cacheAnswers(memoryCache({ seconds: 1, bytes: 1_000_000 }), () => false),
  today: openToday(db, clock.now).today,
  findSequence: (idOrKey) => findSequence(db, idOrKey),
  findContact: (id) => findContact(db, id),
});

async function get(url: string) {
  const answer = await app.inject({ url, headers: withKey });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer;
}

/** Reads all pages of a list, `name` its rows in the answer, two rows a page. */
async function pagesOf(url: string, name: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const answer = await get(`${url}?limit=2${cursor && `&cursor=${cursor}`}`);
    const { next_cursor, ...page }: { next_cursor: string | null } & Record<string, unknown> = answer.json();
    rows.push(...(page[name] as Record<string, unknown>[]));
    cursor = next_cursor;
  }
  return rows;
}

test('executions, recipients and their files have the same people, page by page', async () => {
  const sequence = await aSequence(db, { reentry: 'every_time' });
  const intake = anIntake(db, { clock });
  const worker = aWorker(db, { clock });
  for (const name of ['Ada', 'Bea', 'Cleo', 'Ada', 'Dora']) {
    await trigger(intake, sequence, { email: `${name.toLowerCase()}@example.com`, name });
    await worker.runDry();
    clock.advance({ seconds: 60 });
  }
  const url = `/api/sequences/${sequence.key}/analytics`;
  const sent = await pagesOf(`${url}/executions`, 'executions');
  const order = ['dora', 'ada', 'cleo', 'bea', 'ada'].map((name) => `${name}@example.com`);
  expect(sent.map(({ recipient_email }) => recipient_email)).toEqual(order);
  const people = await pagesOf(`${url}/recipients`, 'recipients');
  expect(people).toMatchObject([
    { recipient_email: 'dora@example.com', executions: 1 },
    { recipient_email: 'ada@example.com', executions: 2, sources: ['api'] },
    { recipient_email: 'cleo@example.com' },
    { recipient_email: 'bea@example.com' },
  ]);
  const file = await get(`${url}/executions.csv?time_range=7d`);
  expect(file.headers['content-disposition']).toBe(
    'attachment; filename="spring-sale-executions-2026-02-24-to-2026-03-02.csv"',
  );
  expect(file.body.trim().split('\r\n')).toHaveLength(1 + sent.length);
  expect((await get(`${url}/recipients.csv`)).body.trim().split('\r\n')).toHaveLength(1 + people.length);
  expect((await get(`${url}/series.csv?time_range=7d`)).body.trim().split('\r\n')).toHaveLength(1 + 7);
  const ada = people[1]?.contact_id;
  const told = await pagesOf(`/api/contacts/${ada}/timeline`, 'entries');
  expect(told.map(({ kind }) => kind).sort()).toEqual(['sent', 'sent', 'triggered', 'triggered']);
});
