import { z } from 'zod';
import type { Db } from '../db/database.ts';
import type { Cursors } from '../http/cursor.ts';
import { problem } from '../http/errors.ts';
import { pageQuery, readPage } from '../http/pages.ts';
import type { App } from '../http/server.ts';
import { listCaptured, readCaptured } from './outbox.sql.ts';

/** Mail that was captured instead of sent. */
export function registerOutbox(app: App, { db, cursors }: { db: Db; cursors: Cursors }): void {
  app.get('/api/outbox', { schema: list }, async (request) => {
    const { rows, next_cursor } = await readPage(
      cursors,
      { list: 'outbox', position },
      request.query,
      (after, limit) => listCaptured(db, limit, after ?? null),
    );
    return { mails: rows, next_cursor };
  });

  app.get('/api/outbox/:id', { schema: one }, async (request) => {
    const { id } = request.params;
    const mail = await readCaptured(db, id);
    if (!mail) throw problem.notFound('captured mail', id);
    return mail;
  });
}

const position = z.object({ captured_at: z.coerce.date(), id: z.uuid() });

const entry = z.object({
  id: z.uuid(),
  kind: z.enum(['step', 'test']),
  sequence_id: z.uuid(),
  sequence_name: z.string(),
  recipient: z.string(),
  subject: z.string(),
  captured_at: z.date(),
});

const list = {
  tags: ['Outbox'],
  summary: 'Captured mail, newest first',
  description: 'Without a mail server (`SMTP_URL`) mail is kept here for 30 days instead of being sent.',
  querystring: pageQuery,
  response: {
    200: z.object({
      mails: z.array(entry.meta({ id: 'OutboxEntry' })),
      next_cursor: z.string().nullable(),
    }),
  },
};

const one = {
  tags: ['Outbox'],
  summary: 'One captured mail, as it would have been sent',
  params: z.object({ id: z.uuid() }),
  response: {
    200: entry
      .extend({
        sender: z.string(),
        message_id: z.string(),
        html: z.string(),
        text: z.string(),
        headers: z.record(z.string(), z.string()),
      })
      .meta({ id: 'OutboxMail' }),
  },
};
