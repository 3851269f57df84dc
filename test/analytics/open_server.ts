import { cacheAnswers } from '../../src/analytics/cache.ts';
import { registerAnalytics } from '../../src/analytics/routes.ts';
import { openToday } from '../../src/analytics/today.ts';
import { findContact } from '../../src/contacts/contacts.ts';
import type { Db } from '../../src/db/database.ts';
import { createCursors } from '../../src/http/cursor.ts';
import { problemSchema } from '../../src/http/errors.ts';
import { memoryCache } from '../../src/lib/versioned_cache.ts';
import { findSequence } from '../../src/sequences/sequences.ts';
import { bareServer, withKey } from '../http/bare_server.ts';
import type { Clock } from '../support/factories.ts';

/** What cursors of these tests are signed with. */
export const CURSORS = createCursors(Buffer.alloc(32, 7));

/** A server of the numbers, closed when the file is done. It keeps no answers: each question is asked anew. */
export async function openAnalytics(db: Db, clock: Pick<Clock, 'now'>) {
  const app = await bareServer();
  const { today, forget } = openToday(db, clock.now);
  registerAnalytics(app, {
    db,
    cursors: CURSORS,
    now: clock.now,
    answers: cacheAnswers(memoryCache({ seconds: 1, bytes: 1_000_000 }), () => false),
    today,
    findSequence: (idOrKey) => findSequence(db, idOrKey),
    findContact: (id) => findContact(db, id),
  });
  const ask = (url: string) => app.inject({ url, headers: withKey });

  /** The body of an answer. Throws where there is none. */
  async function text(url: string): Promise<string> {
    const { statusCode, body } = await ask(url);
    if (statusCode !== 200) throw new Error(`${url} was answered with ${statusCode}: ${body}`);
    return body;
  }
  /** The same as JSON. */
  async function get<Answer>(url: string): Promise<Answer> {
    return JSON.parse(await text(url));
  }
  return {
    app,
    ask,
    text,
    get,
    forgetToday: forget,
    /** The problem document that a question is answered with, checked for its form. */
    async problemOf(url: string) {
      const { statusCode, headers, body } = await ask(url);
      return { statusCode, type: headers['content-type'], problem: problemSchema.parse(JSON.parse(body)) };
    },
    /** All rows of a list, `name` in its answers, `limit` a page; `between` is done after each page. */
    async pagesOf<Row>(
      url: string,
      name: string,
      { limit = 2, between = async () => {} }: { limit?: number; between?: () => Promise<unknown> } = {},
    ): Promise<Row[]> {
      const rows: Row[] = [];
      const separator = url.includes('?') ? '&' : '?';
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page = `${url}${separator}limit=${limit}${cursor && `&cursor=${cursor}`}`;
        const answer: Record<string, unknown> = await get(page);
        rows.push(...(answer[name] as Row[]));
        cursor = answer.next_cursor as string | null;
        if (cursor !== null) await between();
      }
      return rows;
    },
  };
}
