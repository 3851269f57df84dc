import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { type Problem, problem } from '../http/errors.ts';
import type { App } from '../http/server.ts';
import { type ExecutionField, executionField } from './fields.routes.ts';
import type { ReportedExecution, Reporting, ReportResult } from './reporting.ts';

export type ReportingDeps = { reporting: Reporting; now: () => Date };

const MOST_EXECUTIONS = 1_000;
// A thousand contexts of 16 kB.
const BODY_LIMIT = 18 * 1024 * 1024;
const DEFAULT_SOURCE = 'api';

/** Executions of teams that keep their own sender. */
export function registerReporting(app: App, { reporting, now }: ReportingDeps): void {
  const options = { bodyLimit: BODY_LIMIT, schema: reportRoute(now) };
  app.post('/api/executions', options, async ({ body }, reply) => {
    const executions = ('executions' in body ? body.executions : [body]).map(toExecution);
    const answers = await reporting.submit(executions);
    const results = answers.map((answer, i) => ({ answer, refusal: refusalOf(answer, executions[i]) }));
    const [first] = results;
    if (!('executions' in body) && first?.refusal) throw first.refusal;
    return reply.send({
      recorded: answers.filter(({ outcome }) => outcome === 'recorded').length,
      repeated: answers.filter(({ outcome }) => outcome === 'repeated').length,
      refused: results.filter(({ refusal }) => refusal !== null).length,
      results: results.map(({ answer, refusal }) => resultOf(answer, refusal)),
    });
  });
}

function toExecution({ executed_at, context, source, id, ...said }: ExecutionField): ReportedExecution {
  return {
    ...said,
    source: source ?? DEFAULT_SOURCE,
    executed_at: executed_at == null ? null : new Date(executed_at),
    context: context ?? {},
    id: id ?? null,
  };
}

function refusalOf(answer: ReportResult, said: ReportedExecution | undefined): Problem | null {
  if (answer.outcome === 'unknown_sequence') return problem.notFound('sequence', said?.sequence ?? '');
  if (answer.outcome !== 'conflict') return null;
  return problem.conflict(
    said?.id == null
      ? 'An email of this sequence, recipient, step, source and executed_at is recorded with other content.'
      : `The id ${JSON.stringify(said.id)} stands for another email to this recipient.`,
    'execution_conflict',
  );
}

function resultOf(answer: ReportResult, refusal: Problem | null) {
  const known = answer.outcome === 'unknown_sequence' ? null : answer;
  return {
    outcome: answer.outcome,
    id: known?.id ?? null,
    sequence_id: known?.sequence_id ?? null,
    step: known?.step_id ?? null,
    contact_id: known?.contact_id ?? null,
    executed_at: known?.executed_at ?? null,
    problem: refusal && {
      type: `urn:sequitur:problem:${refusal.kind}`,
      title: STATUS_CODES[refusal.status] ?? 'Problem',
      status: refusal.status,
      detail: refusal.message,
    },
  };
}

const resultSchema = z
  .object({
    outcome: z.enum(['recorded', 'repeated', 'conflict', 'unknown_sequence']).meta({
      description:
        '`recorded` now, or `repeated`: it was recorded before, and nothing happened. `conflict`: its identity ' +
        'stands for other content. `unknown_sequence`: there is none of this id or key.',
    }),
    id: z.uuid().nullable().meta({ description: 'Of the execution here, as lists show it.' }),
    sequence_id: z.uuid().nullable(),
    step: z.uuid().nullable().meta({ description: 'The id that stands for the step, as analytics take it.' }),
    contact_id: z.uuid().nullable(),
    executed_at: z.date().nullable().meta({ description: 'As it is recorded.' }),
    problem: z
      .object({ type: z.string(), title: z.string(), status: z.int(), detail: z.string() })
      .nullable()
      .meta({ description: 'Why nothing was written: what this one alone would have been answered with.' }),
  })
  .meta({ id: 'ReportResult' });

function reportRoute(now: () => Date) {
  const execution = executionField(now);
  return {
    tags: ['Executions'],
    summary: 'Report emails of your own sender, one or up to 1,000',
    description:
      'Each is recorded once, however often it is handed in: repeat a call whose answer did not arrive as it was. ' +
      'They may come late and in any order; every count is right all the same.\n\n' +
      'A body that is malformed anywhere is refused as a whole, with the problems of all its fields, and nothing of ' +
      'it is written. Otherwise each execution has its own result: 409 and 404, what one alone is answered with, are ' +
      'then the `status` of its `problem`, and the others are recorded.',
    body: z.union([
      execution,
      z.strictObject({ executions: z.array(execution).min(1).max(MOST_EXECUTIONS) }),
    ]),
    response: {
      200: z.object({
        recorded: z.int(),
        repeated: z.int(),
        refused: z.int(),
        results: z.array(resultSchema).meta({ description: 'In the order of the executions.' }),
      }),
    },
  };
}
