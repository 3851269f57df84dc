import { z } from 'zod';
import type { Db } from '../db/database.ts';
import type { App } from '../http/server.ts';
import { feedbackField, toFeedback } from './fields.routes.ts';
import type { FeedbackIntake, FeedbackResult } from './intake.ts';
import { registerSecret } from './secret.routes.ts';
import { withSignatures } from './signature.routes.ts';

export type FeedbackDeps = { db: Db; feedback: FeedbackIntake; now: () => Date };

const MOST_ITEMS = 1_000;
// A thousand with a whole error report each.
const BODY_LIMIT = 8 * 1024 * 1024;

/** Bounces and complaints that arrive later, and the secret by which they may be signed. */
export function registerFeedback(app: App, deps: FeedbackDeps): void {
  const { feedback, now } = deps;
  withSignatures(app, deps, (scope) => {
    const options = { config: { orSigned: true }, bodyLimit: BODY_LIMIT, schema: feedbackRoute(now) };
    scope.post('/api/bounces', options, async ({ body }) => {
      const items = ('bounces' in body ? body.bounces : [body]).map(toFeedback);
      const results = await feedback.submit(items);
      const count = (outcome: string) => results.filter((result) => result.outcome === outcome).length;
      return {
        recorded: count('recorded'),
        repeated: count('repeated'),
        unknown: count('unknown_contact') + count('unknown_message'),
        results: results.map(shown),
      };
    });
  });
  registerSecret(app, deps);
}

function shown(result: FeedbackResult) {
  const { outcome } = result;
  if (!('feedback' in result))
    return {
      outcome,
      id: null,
      contact_id: null,
      sequence_id: null,
      step: null,
      execution_id: null,
      suppressed: false,
    };
  const { id, contact_id, sequence_id, step_id: step, execution_id } = result.feedback;
  return { outcome, id, contact_id, sequence_id, step, execution_id, suppressed: result.suppressed };
}

const resultSchema = z
  .object({
    outcome: z.enum(['recorded', 'repeated', 'unknown_contact', 'unknown_message']).meta({
      description:
        '`recorded` now, or `repeated`: it was recorded before, and nothing happened. `unknown_contact`: nobody here ' +
        'has this address. `unknown_message`: no mail of ours has this Message-ID, and no address was given.',
    }),
    id: z.uuid().nullable().meta({ description: 'As the contact’s timeline shows it.' }),
    contact_id: z.uuid().nullable(),
    sequence_id: z
      .uuid()
      .nullable()
      .meta({ description: 'Of the mail; null where only the address is known.' }),
    step: z.uuid().nullable(),
    execution_id: z.uuid().nullable(),
    suppressed: z.boolean().meta({ description: 'Whether this put an end to all mail to the contact.' }),
  })
  .meta({ id: 'BounceResult' });

function feedbackRoute(now: () => Date) {
  const item = feedbackField(now);
  return {
    tags: ['Bounces'],
    summary: 'Report bounces and complaints, one or up to 1,000',
    description:
      'A hard bounce and a complaint end all mail to the contact, and their runs with the reason `bounced` or ' +
      '`complained`; a soft bounce is kept and stops nothing, however often it comes. Each is recorded once, however ' +
      'often it is handed in: repeat a call whose answer did not arrive as it was. What is repeated stops nobody ' +
      'again to whom mail was allowed meanwhile.\n\n' +
      'Send a key, or sign the request as Standard Webhooks describes it, with the secret of `/api/bounces/secret`: ' +
      '`webhook-id`, `webhook-timestamp` (seconds since 1970, at most 5 minutes from ours) and `webhook-signature`, ' +
      '`v1,` and the base64 of the HMAC-SHA256 of `<id>.<timestamp>.<body>`. Thirty wrong ones in a minute ' +
      'from one address, and nothing signed is taken from there until that is over (a 429).\n\n' +
      'A body that is malformed anywhere is refused as a whole, and nothing of it is written. Otherwise the answer is ' +
      'a 200 with a result for each, also where nobody was found: nothing is made of an unknown address.',
    body: z.union([item, z.strictObject({ bounces: z.array(item).min(1).max(MOST_ITEMS) })]),
    response: {
      200: z.object({
        recorded: z.int(),
        repeated: z.int(),
        unknown: z.int(),
        results: z.array(resultSchema).meta({ description: 'In the order of the reports.' }),
      }),
    },
  };
}
