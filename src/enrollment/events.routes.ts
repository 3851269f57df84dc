import { z } from 'zod';
import { contextField, emailField, lineField } from '../contacts/fields.routes.ts';
import type { Db } from '../db/database.ts';
import { type Principal, principalOf } from '../http/principal.ts';
import type { App } from '../http/server.ts';
import { type EventTrigger, eventTriggersFor } from '../sequences/event_triggers.ts';
import { matches } from '../sequences/filters.ts';
import { type Goal, goalsFor } from '../sequences/goals.ts';
import type { TriggerAnswer } from './accept.ts';
import type { GoalAnswer, Goals } from './goals.ts';
import type { Intake } from './intake.ts';

export type EventDeps = { db: Db; intake: Intake; goals: Goals };

/** Events of the application: each ends the runs whose goal it is, and starts the sequences whose triggers it meets. */
export function registerEvents(app: App, { db, intake, goals }: EventDeps): void {
  app.post('/api/events', { schema: event }, async (request, reply) => {
    const { name, properties = {} } = request.body;
    const [triggers, aims] = await Promise.all([eventTriggersFor(db, name), goalsFor(db, name)]);
    const isMet = ({ filters }: EventTrigger | Goal) => matches(filters, properties);
    const [met, reached] = [oncePerSequence(triggers.filter(isMet)), oncePerSequence(aims.filter(isMet))];
    const said = requestOf(request.body, principalOf(request));
    const { person, request_key } = said;
    // Goals first, and written before anything is started: an event that is both for one sequence ends the run that
    // there was, and not the one that it starts.
    const ended = await goals.reach(
      reached.map(({ sequence_id }) => ({ email: person.email, sequence_id, request_key })),
    );
    const answers = await intake.submit(met.map(({ sequence_id }) => ({ ...said, sequence_id })));
    return reply.code(202).send({
      name,
      note: noteOn(name, [...triggers, ...aims].length, met.length + reached.length),
      results: answers.map((answer, i) => resultOf(answer, met[i])),
      goals: ended.map((answer, i) => endedBy(answer, reached[i])),
    });
  });
}

function requestOf(body: z.output<typeof eventBody>, principal: Principal) {
  const { name, id, recipient_email, recipient_user_id, recipient_name, properties = {} } = body;
  const person = { email: recipient_email, external_user_id: recipient_user_id, name: recipient_name };
  return {
    person,
    source: 'event_trigger',
    context: contextOf(name, properties),
    request_key: id ? `event:${principal.kind}:${principal.id}:${id}` : null,
    trusted: true,
  };
}

/** An event's properties, and its name as `event`. A property called `event` goes on under a name that is free. */
function contextOf(name: string, { event, ...others }: Record<string, unknown>): Record<string, unknown> {
  if (event === undefined) return { ...others, event: name };
  let moved = 'event_property';
  while (Object.hasOwn(others, moved)) moved += '_';
  return { ...others, [moved]: event, event: name };
}

function resultOf(answer: TriggerAnswer, met: EventTrigger | undefined) {
  const { outcome, reason, trigger_id, enrollment_id, repeated } = answer;
  const ids = { event_trigger_id: met?.id ?? '', sequence_id: met?.sequence_id ?? '' };
  return { ...ids, outcome, reason: reason || null, trigger_id, enrollment_id, repeated };
}

function endedBy({ ended, repeated }: GoalAnswer, goal: Goal | undefined) {
  return { goal_id: goal?.id ?? '', sequence_id: goal?.sequence_id ?? '', ended, repeated };
}

// Nothing listens on most events of an application, so it is no error. A name with a slip in it looks the same.
function noteOn(name: string, listening: number, met: number): string | null {
  if (met > 0) return null;
  const event = JSON.stringify(name);
  if (listening === 0)
    return `No enabled event trigger and no goal listens for ${event}: nothing was started or ended.`;
  return `Every event trigger and goal that listens for ${event} has filters that its properties do not meet: nothing was started or ended.`;
}

// One event starts a sequence once, however many of its triggers it meets; and ends its runs once.
function oncePerSequence<Listener extends { sequence_id: string }>(listeners: Listener[]): Listener[] {
  const bySequence = new Map(listeners.toReversed().map((listener) => [listener.sequence_id, listener]));
  return listeners.filter((listener) => bySequence.get(listener.sequence_id) === listener);
}

const eventBody = z
  .strictObject({
    name: z.string().trim().min(1).max(128),
    id: z.string().min(1).max(200).optional().meta({
      description:
        'Your own id of the event: handed in again with the same id, it starts and ends nothing twice.',
    }),
    recipient_email: emailField,
    recipient_user_id: lineField(200),
    recipient_name: lineField(200),
    properties: contextField.meta({
      description:
        'What the filters of event triggers and goals look at. Kept with the trigger and its emails, and at hand in templates ' +
        'as `context`, where `context.event` is the name of the event: a property called `event` is ' +
        '`context.event_property` there.',
    }),
  })
  .meta({
    id: 'Event',
    example: {
      name: 'order_paid',
      id: 'order-1042',
      recipient_email: 'ada@example.com',
      recipient_name: 'Ada Lovelace',
      properties: { order: { number: 1042, total: 59.9 } },
    },
  });

const event = {
  tags: ['Triggers'],
  summary: 'Report an event of your application',
  description:
    'Starts every sequence with an event trigger of this name whose filters its properties meet, with source ' +
    '`event_trigger`. Before that it ends the runs of this person, with reason `goal`, in every sequence with such a ' +
    'goal; so an event that is both for one sequence ends the run that there was and, where the sequence may be ' +
    'entered again, starts another. An event that meets neither is no error: `note` then says why.',
  body: eventBody,
  response: {
    202: z.object({
      name: z.string(),
      note: z
        .string()
        .nullable()
        .meta({ description: 'Why the event did nothing; null where it met a trigger or a goal.' }),
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
      goals: z.array(
        z.object({
          goal_id: z.uuid(),
          sequence_id: z.uuid(),
          ended: z.int().meta({ description: 'Runs of this person that it ended.' }),
          repeated: z.boolean(),
        }),
      ),
    }),
  },
};
