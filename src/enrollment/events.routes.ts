import { z } from 'zod';
import type { Db } from '../db/database.ts';
import { principalOf } from '../http/principal.ts';
import type { App } from '../http/server.ts';
import { type EventTrigger, eventTriggersFor } from '../sequences/event_triggers.ts';
import { matches } from '../sequences/filters.ts';
import { contextField, emailField, lineField } from './fields.routes.ts';
import type { Intake } from './intake.ts';

export type EventDeps = { db: Db; intake: Intake };

/** Events of the application: each starts the sequences whose event triggers it meets. */
export function registerEvents(app: App, { db, intake }: EventDeps): void {
  app.post('/api/events', { schema: event }, async (request, reply) => {
    const { name, id, recipient_email, recipient_user_id, recipient_name, properties = {} } = request.body;
    const principal = principalOf(request);
    const met = oncePerSequence(
      (await eventTriggersFor(db, name)).filter((trigger) => matches(trigger.filters, properties)),
    );
    const person = { email: recipient_email, external_user_id: recipient_user_id, name: recipient_name };
    const answers = await intake.submit(
      met.map((trigger) => ({
        sequence_id: trigger.sequence_id,
        person: { ...person, properties: null },
        source: 'event_trigger',
        context: { event: name, ...properties },
        request_key: id ? `event:${principal.kind}:${principal.id}:${id}` : null,
        trusted: true,
      })),
    );
    const results = answers.map((answer, i) => ({
      event_trigger_id: met[i]?.id ?? '',
      sequence_id: met[i]?.sequence_id ?? '',
      outcome: answer.outcome,
      reason: answer.reason || null,
      trigger_id: answer.trigger_id,
      enrollment_id: answer.enrollment_id,
      repeated: answer.repeated,
    }));
    return reply.code(202).send({ name, results });
  });
}

// One event starts a sequence once, however many of its triggers it meets.
function oncePerSequence(triggers: EventTrigger[]): EventTrigger[] {
  const bySequence = new Map(triggers.toReversed().map((trigger) => [trigger.sequence_id, trigger]));
  return triggers.filter((trigger) => bySequence.get(trigger.sequence_id) === trigger);
}

const event = {
  tags: ['Triggers'],
  summary: 'Report an event of your application',
  description:
    'Starts every sequence with an event trigger of this name whose filters its properties meet, with source ' +
    '`event_trigger`. An event that meets none is no error: `results` is then empty.',
  body: z
    .strictObject({
      name: z.string().trim().min(1).max(128),
      id: z.string().min(1).max(200).optional().meta({
        description: 'Your own id of the event: handed in again with the same id, it starts nothing twice.',
      }),
      recipient_email: emailField,
      recipient_user_id: lineField(200),
      recipient_name: lineField(200),
      properties: contextField,
    })
    .meta({ id: 'Event' }),
  response: {
    202: z.object({
      name: z.string(),
      results: z.array(
        z.object({
          event_trigger_id: z.uuid(),
          sequence_id: z.uuid(),
          outcome: z.enum(['accepted', 'suppressed']),
          reason: z.string().nullable(),
          trigger_id: z.uuid(),
          enrollment_id: z.uuid().nullable(),
          repeated: z.boolean(),
        }),
      ),
    }),
  },
};
