import { z } from 'zod';
import type { Filter } from './filter.ts';
import { FIRST_DAY, INTERVALS, isTooLong, LAST_DAY, type RangeAsked, TIME_RANGES } from './range.ts';

/** A number of things: whole, and in practice never negative. */
export const count = z.int();
/** A calendar day in the reporting zone. */
export const day = z.iso.date().meta({ example: '2026-03-01' });

export const sequenceParams = z.object({
  id: z.string().max(64).meta({ description: 'Id or key of the sequence.' }),
});

const rangeFields = {
  time_range: z.enum(TIME_RANGES).optional().meta({
    description: 'Whole reporting days: `7d` is today and the six days before. Default `30d`.',
  }),
  from: day.optional().meta({ description: 'First day, inclusive; with `to`, in place of `time_range`.' }),
  to: day.optional().meta({ description: 'Last day, inclusive.' }),
};

const sourceField = z
  .union([z.string().min(1).max(64), z.array(z.string().min(1).max(64)).max(50)])
  .optional()
  .meta({ description: 'Only these sources. May be given several times; people can be told for one alone.' });

type RangeFields = {
  time_range?: (typeof TIME_RANGES)[number] | undefined;
  from?: string | undefined;
  to?: string | undefined;
};

function checkRange({ value, issues }: { value: RangeFields; issues: z.core.$ZodRawIssue[] }): void {
  const { time_range, from, to } = value;
  const refuse = (path: string, message: string) =>
    issues.push({ code: 'custom', input: value, path: [path], message });
  if (time_range && (from || to)) refuse('time_range', 'cannot be given together with from and to');
  if (from && !to) refuse('to', 'is required beside from');
  if (to && !from) refuse('from', 'is required beside to');
  if (!from || !to) return;
  if (from > to) refuse('from', 'is after to');
  else if (from < FIRST_DAY) refuse('from', `is before ${FIRST_DAY}`);
  else if (to > LAST_DAY) refuse('to', `is after ${LAST_DAY}`);
  else if (isTooLong({ from, to })) refuse('to', 'is more than ten years after from');
}

// What a column of PostgreSQL holds.
const MOST_REVISIONS = 2_147_483_647;

/** What a question about a sequence takes: a range, and what part of its emails. */
export const filterFields = {
  ...rangeFields,
  source: sourceField,
  step: z.uuid().optional().meta({ description: 'Only this step’s emails. Emails, not people.' }),
  revision: z.coerce
    .number()
    .int()
    .min(0)
    .max(MOST_REVISIONS)
    .optional()
    .meta({ description: 'Only this revision of the step.' }),
};

/** A query of these fields, the range checked as a whole. */
export function rangedQuery<Shape extends z.ZodRawShape & typeof rangeFields>(fields: Shape) {
  return z.object(fields).check((context) => {
    const { value, issues } = context as {
      value: RangeFields & Record<string, unknown>;
      issues: z.core.$ZodRawIssue[];
    };
    checkRange({ value, issues });
    if (value.revision !== undefined && value.step === undefined) {
      issues.push({ code: 'custom', input: value, path: ['step'], message: 'is required beside revision' });
    }
  });
}

export const intervalField = z.enum(INTERVALS).default('day').meta({
  description: 'Weeks begin on Monday. The first bucket begins with the range.',
});

/** The range that a query asks for. */
export function rangeOf({ time_range, from, to }: RangeFields): RangeAsked {
  return from && to ? { from, to } : { time_range: time_range ?? '30d' };
}

/** The part of a sequence's emails that a query asks for. */
export function filterOf(query: {
  source?: string | string[] | undefined;
  step?: string | undefined;
  revision?: number | undefined;
}): Filter {
  return { sources: sourcesOf(query), step: query.step ?? null, revision: query.revision ?? null };
}

/** The sources that a query names; none where all are meant. */
export function sourcesOf({ source }: { source?: string | string[] | undefined }): string[] {
  return source === undefined ? [] : [...new Set([source].flat())];
}

/**
 * The name under which cursors of one of a sequence's lists are signed, range and filters included: a page goes on
 * with the rows that the one before was of. The range as it is asked for, so that `30d` goes on after midnight.
 */
export function listName(
  list: 'executions' | 'recipients',
  sequenceId: string,
  query: RangeFields & Parameters<typeof filterOf>[0],
): string {
  const { sources, step, revision } = filterOf(query);
  return JSON.stringify([list, sequenceId, rangeOf(query), sources.toSorted(), step, revision]);
}

/** What every answer states of itself. */
export const frame = {
  time_range: z.enum([...TIME_RANGES, 'custom']),
  from: day.meta({ description: 'First reporting day, inclusive.' }),
  to: day.meta({ description: 'Last reporting day, inclusive.' }),
  time_zone: z.string().meta({ description: 'The reporting time zone.' }),
  as_of: z.date(),
  rows_available_from: day.nullable().meta({
    description: 'Rows from before this day were purged; counts are complete all the same. Null: none were.',
  }),
};

export const peopleLeftOut = z
  .enum(['several_sources', 'step'])
  .nullable()
  .meta({
    description:
      'Why people cannot be told exactly, and are null: sums know the people of one source or of all, not of ' +
      'several or of one step. Null where they can.',
  });

/** What a step is called that was not made here. */
export const stepName = z.string().nullable().meta({
  description: 'What an outside sender calls the step; null for a step made here, which has a subject.',
});

export const executionSchema = z
  .object({
    id: z.uuid(),
    sequence_id: z.uuid(),
    contact_id: z.uuid(),
    recipient_email: z.string(),
    recipient_user_id: z.string().nullable(),
    context: z.record(z.string(), z.unknown()),
    executed_at: z.date(),
    source: z.string(),
    step: z.uuid().nullable(),
    revision: z.int().nullable(),
    via: z.enum(['smtp', 'captured', 'reported']),
    message_id: z.string().nullable(),
  })
  .meta({ id: 'Execution' });
