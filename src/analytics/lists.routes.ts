import { z } from 'zod';
import { problem } from '../http/errors.ts';
import { pageQuery, readPage } from '../http/pages.ts';
import type { App } from '../http/server.ts';
import { listExecutions } from './executions.sql.ts';
import {
  count,
  executionSchema,
  filterFields,
  filterOf,
  frame,
  listName,
  rangedQuery,
  rangeOf,
  sequenceParams,
  sourcesOf,
  stepName,
} from './fields.routes.ts';
import { ask } from './frame.ts';
import { listRecipients } from './recipients.sql.ts';
import type { NamedSequence, SequenceDeps } from './routes.ts';
import { listTimeline } from './timeline.sql.ts';

/** The rows behind the numbers, page by page. */
export function registerLists(app: App, deps: SequenceDeps): void {
  app.get('/api/sequences/:id/analytics/executions', { schema: executionsRoute }, async ({ params, query }) =>
    executionsOf(deps, await deps.sequenceOf(params.id), query),
  );
  app.get('/api/sequences/:id/analytics/recipients', { schema: recipientsRoute }, async ({ params, query }) =>
    recipientsOf(deps, await deps.sequenceOf(params.id), query),
  );
  app.get('/api/contacts/:id/timeline', { schema: timelineRoute }, ({ params, query }) =>
    timelineOf(deps, params.id, query),
  );
}

async function executionsOf(
  { db, cursors, now }: SequenceDeps,
  { id: sequenceId }: NamedSequence,
  query: z.output<typeof executionsQuery>,
) {
  const filter = filterOf(query);
  const list = { list: listName('executions', sequenceId, query), position: executionPlace };
  const asked = { range: rangeOf(query), sequenceId, now: now() };
  const answer = await ask(db, asked, async ({ tx, edges }) => {
    const page = await readPage(cursors, list, query, async (after, limit) => {
      const rows = await listExecutions(tx, edges, { sequenceId, filter, limit, after: after ?? null });
      return rows.map((row) => ({ ...row, executed_at: row.executed_at.toISOString() }));
    });
    return { executions: page.rows, next_cursor: page.next_cursor };
  });
  return { sequence_id: sequenceId, ...answer };
}

async function recipientsOf(
  { db, cursors, now }: SequenceDeps,
  { id: sequenceId }: NamedSequence,
  query: z.output<typeof recipientsQuery>,
) {
  const sources = sourcesOf(query);
  const list = { list: listName('recipients', sequenceId, query), position: recipientPlace };
  const asked = { range: rangeOf(query), sequenceId, now: now() };
  const answer = await ask(db, asked, async ({ tx, edges }) => {
    const page = await readPage(cursors, list, query, async (place, limit) => {
      const after = place ?? null;
      const rows = await listRecipients(tx, edges, { sequenceId, sources, limit, after });
      const until = after?.until ?? rows[0]?.last_executed_at.toISOString() ?? '';
      return rows.map((row) => ({
        ...row,
        last_executed_at: row.last_executed_at.toISOString(),
        until,
      }));
    });
    return { recipients: page.rows, next_cursor: page.next_cursor };
  });
  return { sequence_id: sequenceId, ...answer };
}

async function timelineOf(
  { db, cursors, findContact, sequenceOf }: SequenceDeps,
  id: string,
  query: z.output<typeof timelineQuery>,
) {
  const contact = await findContact(id);
  if (!contact) throw problem.notFound('contact', id);
  const sequenceId = query.sequence ? (await sequenceOf(query.sequence)).id : null;
  const list = { list: `timeline ${contact.id} ${sequenceId}`, position: timelinePlace };
  const who = { lane: contact.lane, contactId: contact.id };
  const page = await readPage(cursors, list, query, async (after, limit) => {
    const rows = await listTimeline(db, who, { sequenceId, limit, after: after ?? null });
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  });
  return { contact_id: contact.id, entries: page.rows, next_cursor: page.next_cursor };
}

const instant = z.iso.datetime();
const executionPlace = z.object({ executed_at: instant, id: z.uuid() });
const recipientPlace = z.object({ last_executed_at: instant, id: z.uuid(), until: instant });
const timelinePlace = z.object({ at: instant, id: z.uuid(), run: z.uuid() });
const { step: _step, revision: _revision, ...rangeAndSource } = filterFields;
const next_cursor = z.string().nullable();

const executionsQuery = rangedQuery({ ...filterFields, ...pageQuery.shape });
const recipientsQuery = rangedQuery({ ...rangeAndSource, ...pageQuery.shape });
const timelineQuery = pageQuery.extend({
  sequence: z.string().max(64).optional().meta({ description: 'Only this sequence: its id or key.' }),
});

const executionsRoute = {
  tags: ['Analytics'],
  summary: 'Who got what when: the executions of a range, newest first',
  description: 'Pages stay in step while new rows arrive. The addresses are those that the emails went to.',
  params: sequenceParams,
  querystring: executionsQuery,
  response: {
    200: z.object({
      sequence_id: z.uuid(),
      ...frame,
      executions: z.array(executionSchema.extend({ executed_at: instant }).meta({ id: 'ExecutionRow' })),
      next_cursor,
    }),
  },
};

const recipientsRoute = {
  tags: ['Analytics'],
  summary: 'The distinct people of a range, whoever was written to last first',
  description:
    'Further pages leave out what is newer than the first page, so people who are written to meanwhile stay where ' +
    'they are, and nobody is there twice. An email that is dated earlier but arrives meanwhile (reported late, say) ' +
    'can lift a person above the page that is read: that person is on none of the further pages, and on the list when ' +
    'it is begun anew. `recipients.csv` leaves nobody out.',
  params: sequenceParams,
  querystring: recipientsQuery,
  response: {
    200: z.object({
      sequence_id: z.uuid(),
      ...frame,
      recipients: z.array(
        z
          .object({
            contact_id: z.uuid(),
            recipient_email: z.string(),
            recipient_user_id: z.string().nullable(),
            executions: count.meta({ description: 'Emails in the range.' }),
            first_executed_at: z.date(),
            last_executed_at: instant,
            sources: z.array(z.string()),
          })
          .meta({ id: 'RecipientRow' }),
      ),
      next_cursor,
    }),
  },
};

const timelineRoute = {
  tags: ['Contacts'],
  summary: 'What happened with one person, newest first',
  description:
    'Triggers that started something or not, and why; emails sent, skipped and failed; runs that ended; bounces and ' +
    'complaints. An address that the mail server refuses is there twice: as the email that failed, and as a bounce.',
  params: z.object({ id: z.uuid() }),
  querystring: timelineQuery,
  response: {
    200: z.object({
      contact_id: z.uuid(),
      entries: z.array(
        z
          .object({
            at: instant,
            kind: z.enum([
              'triggered',
              'not_started',
              'sent',
              'skipped',
              'failed',
              'exited',
              'bounced',
              'soft_bounced',
              'complained',
            ]),
            id: z.uuid(),
            sequence_id: z
              .uuid()
              .nullable()
              .meta({ description: 'Null for a bounce or complaint of which only the address is known.' }),
            sequence_name: z.string().nullable(),
            source: z.string(),
            reason: z.string(),
            step_id: z.uuid().nullable(),
            revision: z.int().nullable(),
            subject: z.string().nullable(),
            step_name: stepName,
            via: z.string().nullable(),
            reply: z
              .string()
              .nullable()
              .meta({ description: 'What the mail server said to what failed or came back.' }),
          })
          .meta({ id: 'TimelineEntry' }),
      ),
      next_cursor,
    }),
  },
};
