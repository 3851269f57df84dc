import { z } from 'zod';
import type { Db } from '../db/database.ts';
import { problem } from '../http/errors.ts';
import { type Principal, principalOf } from '../http/principal.ts';
import type { App } from '../http/server.ts';
import { openSequenceIds } from '../sequences/sequence_ids.ts';
import type { TriggerAnswer } from './accept.ts';
import { type Recipient, recipientSchema } from './fields.routes.ts';
import type { Intake } from './intake.ts';
import { keepRequest, type Said } from './requests.ts';

export type TriggerDeps = { db: Db; intake: Intake; lanes: number; now: () => Date };

const MOST_RECIPIENTS = 1_000;
// A thousand contexts of 16 kB.
const BODY_LIMIT = 18 * 1024 * 1024;

/** Starting a sequence by the API or by hand. */
export function registerTrigger(app: App, deps: TriggerDeps): void {
  const options = { bodyLimit: BODY_LIMIT, schema: trigger };
  const sequenceIdOf = openSequenceIds(deps.db);
  app.post('/api/sequences/:id/trigger', options, async (request, reply) => {
    const { id } = request.params;
    const sequence_id = await sequenceIdOf(id);
    if (!sequence_id) throw problem.notFound('sequence', id);
    const principal = principalOf(request);
    const said = { sequence_id, recipients: recipientsOf(request.body) };
    const request_key = await keep(deps, principal, request.headers['idempotency-key'], said);
    const answers = await deps.intake.submit(
      said.recipients.map((recipient) => ({
        ...requestOf(recipient, principal),
        sequence_id,
        request_key,
      })),
    );
    return reply.code(202).send({
      sequence_id,
      accepted: answers.filter((answer) => answer.outcome === 'accepted').length,
      suppressed: answers.filter((answer) => answer.outcome === 'suppressed').length,
      results: answers.map((answer, i) => resultOf(answer, said.recipients[i])),
    });
  });
}

function recipientsOf(body: z.output<typeof bodySchema>): Recipient[] {
  return 'recipients' in body ? body.recipients : [body];
}

/** The key under which each of the recipients counts once; null without a header. Throws where it was used before. */
async function keep(
  { db, lanes, now }: TriggerDeps,
  principal: Principal,
  key: string | undefined,
  said: Said,
): Promise<string | null> {
  if (key === undefined) return null;
  const request_key = `${principal.kind}:${principal.id}:${key}`;
  const different = await keepRequest(db, { request_key, said, lanes, now: now() });
  if (different.length > 0) throw keyReused(different);
  return request_key;
}

function requestOf(recipient: Recipient, principal: Principal) {
  const { recipient_email: email, recipient_user_id: external_user_id, name, context, source } = recipient;
  return {
    person: { email, external_user_id, name },
    context: context ?? {},
    source: source ?? (principal.kind === 'api_key' ? 'api' : 'manual'),
    trusted: true,
  };
}

function resultOf(answer: TriggerAnswer, recipient: Recipient | undefined) {
  const { outcome, reason, trigger_id, enrollment_id, contact_id, repeated } = answer;
  const recipient_email = recipient?.recipient_email ?? '';
  return {
    recipient_email,
    outcome,
    reason: reason || null,
    trigger_id,
    enrollment_id,
    contact_id,
    repeated,
  };
}

function keyReused(different: (keyof Said)[]) {
  const names = { sequence_id: 'another sequence', recipients: 'another body' };
  const first = different.map((part) => names[part]).join(' and ');
  return problem.unprocessable(
    `This Idempotency-Key was first used with ${first}. Repeat that request as it was, or take a new key.`,
    'idempotency_key_reused',
  );
}

export const triggerResult = z
  .object({
    recipient_email: z.string(),
    outcome: z.enum(['accepted', 'suppressed']),
    reason: z.string().nullable().meta({
      description:
        'Why it was not accepted: already_active, once_only, too_soon, unsubscribed, bounced, not_active, …',
    }),
    trigger_id: z.uuid(),
    enrollment_id: z.uuid().nullable(),
    contact_id: z.uuid(),
    repeated: z
      .boolean()
      .meta({ description: 'Answered before under this Idempotency-Key; nothing happened now.' }),
  })
  .meta({ id: 'TriggerResult' });

const bodySchema = z
  .union([
    recipientSchema,
    z.strictObject({ recipients: z.array(recipientSchema).min(1).max(MOST_RECIPIENTS) }),
  ])
  .meta({
    example: {
      recipients: [
        { recipient_email: 'ada@example.com', name: 'Ada', context: { code: 'SPRING10' } },
        { recipient_email: 'grace@example.com', source: 'promo' },
      ],
    },
  });

const trigger = {
  tags: ['Triggers'],
  summary: 'Start a sequence for one person, or for up to 1,000',
  description:
    'Each recipient is accepted, or suppressed with the reason; both are kept and counted. With an ' +
    '`Idempotency-Key` a retry resumes where the first call stopped, and counts nobody twice.',
  params: z.object({ id: z.string().max(64).meta({ description: 'Id or key of the sequence.' }) }),
  headers: z.looseObject({
    'idempotency-key': z.string().min(1).max(200).optional().meta({
      description: 'Your own name of this call: sent again under it, the same body counts nobody twice.',
    }),
  }),
  body: bodySchema,
  response: {
    202: z.object({
      sequence_id: z.uuid(),
      accepted: z.int(),
      suppressed: z.int(),
      results: z.array(triggerResult).meta({ description: 'In the order of the recipients.' }),
    }),
  },
};
