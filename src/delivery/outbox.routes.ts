import { z } from 'zod';
import type { Db } from '../db/database.ts';
import type { Cursors } from '../http/cursor.ts';
import { problem } from '../http/errors.ts';
import { pageQuery, readPage } from '../http/pages.ts';
import type { App } from '../http/server.ts';
import { type CapturedMail, listCaptured, readCaptured } from './outbox.sql.ts';

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
    return { ...mail, headers: headersOf(mail) };
  });
}

/** The event by which open pages hear of new mail. */
export const outboxEvent = {
  description: 'mail was captured: read the outbox again.',
  data: z.object({}),
};

/** The mail's headers as its reader's mail program shows them: decoded, in their usual order. */
function headersOf(mail: CapturedMail): Record<string, string> {
  const { sender, recipient, subject, captured_at, message_id, headers } = mail;
  return {
    From: sender,
    To: recipient,
    Subject: subject,
    // As RFC 5322 wants it, but for the zone, which is no number in a UTC string.
    Date: captured_at.toUTCString().replace('GMT', '+0000'),
    'Message-ID': message_id,
    ...headers,
  };
}

const position = z.object({ captured_at: z.coerce.date(), id: z.uuid() });

const entry = z.object({
  id: z.uuid(),
  kind: z.enum(['step', 'test', 'confirmation']).meta({
    description: 'A step’s, a test of one, or what asks for the confirmation of an address.',
  }),
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
  description: 'With its headers, both of its parts, and which revision of which step it came from.',
  response: {
    200: entry
      .extend({
        sender: z.string(),
        step_id: z.uuid().nullable().meta({ description: 'Null for a confirmation.' }),
        revision: z.int().nullable(),
        contact_id: z.uuid().nullable().meta({
          description:
            'Null for a test, which goes to no contact, and where nobody has confirmed the address before.',
        }),
        message_id: z.string(),
        html: z.string(),
        text: z.string(),
        headers: z.record(z.string(), z.string()).meta({
          description: 'Decoded, in their order: From, To, Subject, Date, Message-ID, List-Unsubscribe, …',
        }),
      })
      .meta({ id: 'OutboxMail' }),
  },
};
