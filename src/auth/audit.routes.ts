import { z } from 'zod';
import type { Db } from '../db/database.ts';
import type { Cursors } from '../http/cursor.ts';
import { pageQuery, readPage } from '../http/pages.ts';
import type { App } from '../http/server.ts';
import { type AuditPosition, listAuditEntries } from './audit.ts';

/** The audit log, for reading. */
export function registerAudit(app: App, { db, cursors }: { db: Db; cursors: Cursors }): void {
  app.get('/api/audit', { schema: listAudit }, async (request) => {
    const list = { list: 'audit', position };
    const read = (after: AuditPosition | undefined, limit: number) => listAuditEntries(db, after, limit);
    const { rows, next_cursor } = await readPage(cursors, list, request.query, read);
    return { entries: rows, next_cursor };
  });
}

const position = z.object({ at: z.coerce.date(), id: z.uuid() });

const entry = z
  .object({
    id: z.uuid(),
    at: z.date(),
    actor_kind: z.enum(['administrator', 'api_key', 'system']),
    actor_id: z.string().nullable(),
    actor_name: z.string().nullable(),
    action: z.string().meta({ example: 'api_key.created' }),
    object_type: z.string().nullable(),
    object_id: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry' });

const listAudit = {
  tags: ['Audit log'],
  summary: 'Who changed what, newest first',
  description:
    'Each entry was written with its change, in one transaction. Contacts are named by id alone, so it outlives an erasure.',
  querystring: pageQuery,
  response: { 200: z.object({ entries: z.array(entry), next_cursor: z.string().nullable() }) },
};
