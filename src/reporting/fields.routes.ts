import { z } from 'zod';
import { contextField, emailField, lineField } from '../contacts/fields.routes.ts';
import { pastInstantField } from '../http/past_instant.ts';

/** One email that was sent. `now` is what its instant is measured by. */
export function executionField(now: () => Date) {
  return z
    .strictObject({
      sequence: z.string().trim().min(1).max(64).meta({
        description: 'Id or key of the sequence. It must exist; whether it is active does not matter.',
        example: 'spring-sale',
      }),
      recipient_email: emailField,
      recipient_user_id: lineField(200).meta({ description: 'The application’s own id of this person.' }),
      source: lineField(64).meta({ description: 'Where it came from, in your words. Default: `api`.' }),
      step: lineField(200).meta({
        description:
          'The id of one of the sequence’s steps, or your own name for a step, which then gets an id of its own.',
        example: 'reminder-1',
      }),
      executed_at: executedAtField(now).nullish(),
      context: contextField.nullable().meta({ description: 'Kept with the email: at most 16 kB as JSON.' }),
      id: z
        .string()
        .trim()
        .min(1)
        .max(200)
        .nullish()
        .meta({
          description:
            'Your own id for it, unique for each recipient. Without one, sequence, recipient, step, source and ' +
            '`executed_at` are its identity.',
          example: '48211',
        }),
    })
    .refine(({ id, executed_at }) => id != null || executed_at != null, {
      path: ['executed_at'],
      error: 'is required where there is no id',
      // Also beside problems of other fields: all are told at once.
      when: ({ value }) => typeof value === 'object' && value !== null,
    })
    .meta({ id: 'ReportedExecution' });
}

export type ExecutionField = z.output<ReturnType<typeof executionField>>;

function executedAtField(now: () => Date) {
  return pastInstantField(now).meta({
    description:
      'When the mail server accepted it, RFC 3339, kept to the millisecond. Required where there is no `id`; ' +
      'with one, the default is now.',
    example: '2026-03-01T09:30:00Z',
  });
}
