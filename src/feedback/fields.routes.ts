import { z } from 'zod';
import { emailField, lineField } from '../contacts/fields.routes.ts';
import { pastInstantField } from '../http/past_instant.ts';
import { storableReply } from '../lib/storable_reply.ts';
import type { ReportedFeedback } from './feedback.ts';

/** One bounce or complaint. `now` is what its instant is measured by. */
export function feedbackField(now: () => Date) {
  return z
    .strictObject({
      type: z.enum(['bounce', 'complaint']).meta({
        description: '`complaint`: the recipient called the mail spam.',
      }),
      kind: z.enum(['hard', 'soft']).nullish().meta({
        description:
          'Of a bounce. `hard`: the address does not work, and gets no more mail. `soft`: it did not work this time.',
      }),
      recipient_email: emailField.nullish().meta({
        description:
          'Whom the mail was for. Not needed beside a `message_id` of ours, which counts where both are given.',
      }),
      message_id: lineField(1_000).meta({
        description: 'The Message-ID header of the mail that came back, with or without angle brackets.',
        example: '<00000000000000000000000000000000000a@mail.example.com>',
      }),
      occurred_at: pastInstantField(now).nullish().meta({
        description: 'RFC 3339. Required where there is no `id`; with one, the default is now.',
        example: '2026-03-01T09:30:00Z',
      }),
      reply: z
        .string()
        .max(100_000)
        .nullish()
        .transform((text) => (text ? storableReply(text.trim()) : null))
        .meta({
          type: 'string',
          description:
            'What the other mail server said, for people to read. The first 2,000 characters are kept.',
          example: '550 5.1.1 no such user',
        }),
      id: lineField(200).meta({
        description:
          'Your own id for it, unique for each recipient. Without one, type, kind, mail and `occurred_at` are its ' +
          'identity.',
      }),
    })
    .refine(({ type, kind }) => type !== 'bounce' || kind != null, {
      path: ['kind'],
      error: 'is required of a bounce: hard or soft',
      when: isObject,
    })
    .refine(({ type, kind }) => type !== 'complaint' || kind == null, {
      path: ['kind'],
      error: 'is for bounces only: leave it out of a complaint',
      when: isObject,
    })
    .refine(({ recipient_email, message_id }) => recipient_email != null || message_id != null, {
      path: ['recipient_email'],
      error: 'is required where there is no message_id',
      when: isObject,
    })
    .refine(({ occurred_at, id }) => occurred_at != null || id != null, {
      path: ['occurred_at'],
      error: 'is required where there is no id',
      when: isObject,
    })
    .meta({ id: 'ReportedBounce' });
}

export type FeedbackField = z.output<ReturnType<typeof feedbackField>>;

// Also beside problems of other fields: all are told at once.
function isObject({ value }: { value: unknown }): boolean {
  return typeof value === 'object' && value !== null;
}

/** What was said, as the intake takes it. */
export function toFeedback(said: FeedbackField): ReportedFeedback {
  const { kind, recipient_email, occurred_at, ...rest } = said;
  return {
    ...rest,
    kind: kind ?? null,
    recipient_email: recipient_email ?? null,
    occurred_at: occurred_at == null ? null : new Date(occurred_at),
  };
}
