import { z } from 'zod';
import { contextField, emailField, lineField } from '../contacts/fields.routes.ts';
import type { Db } from '../db/database.ts';
import { problem } from '../http/errors.ts';
import type { App } from '../http/server.ts';
import { findSequence } from '../sequences/sequences.ts';
import { listSteps, STEP_LIMITS } from '../sequences/steps.ts';
import { validateStep } from '../sequences/template.ts';
import { unknownVariables } from '../sequences/template_warnings.ts';
import { invalidTemplates, warningsField } from '../sequences/templates.routes.ts';
import type { Composer } from './compose.ts';
import { type Draft, preview, sendTest } from './preview.ts';
import { formatMailbox } from './render/mailbox.ts';
import type { Transport } from './send/transport.ts';

export type PreviewDeps = { db: Db; composer: Composer; transport: () => Transport; now: () => Date };

/** A step's mail before anybody gets it: on the screen, or to one's own address. */
export function registerPreview(app: App, { db, composer, transport, now }: PreviewDeps): void {
  app.post('/api/sequences/:id/steps/:step_id/preview', { schema: previewRoute }, async (request) => {
    const draft = await draftOf(db, request.params, request.body);
    const composed = preview(composer, draft, now());
    if (!composed.ok) throw templateFailed(composed.problem);
    const { from, to, subject, html, text, headers } = composed.mail;
    const mail = { from: formatMailbox(from), to: formatMailbox(to), subject, html, text, headers };
    return { ...mail, warnings: unknownVariables(draft.step) };
  });

  const config = { rateLimit: { max: 30, timeWindow: 60_000 } };
  app.post('/api/sequences/:id/steps/:step_id/test', { config, schema: testRoute }, async (request) => {
    const draft = await draftOf(db, request.params, request.body);
    const sent = await sendTest(db, { composer, transport: transport() }, draft, now());
    if (!sent.ok) throw templateFailed(sent.problem);
    const { kind, outcome, via, reply } = sent.outcome;
    return { accepted: kind === 'accepted', outcome, via, reply, message_id: sent.mail.messageId };
  });
}

async function draftOf(
  db: Db,
  { id, step_id }: { id: string; step_id: string },
  body: z.output<typeof draftBody>,
): Promise<Draft> {
  const sequence = await findSequence(db, id);
  if (!sequence) throw problem.notFound('sequence', id);
  const saved = (await listSteps(db, sequence.id)).find((step) => step.id === step_id);
  if (!saved) throw problem.notFound('step', step_id);
  const { subject = saved.subject, html = saved.html, text = saved.text, context = {} } = body;
  const problems = validateStep({ subject, html, text });
  if (problems.length > 0) throw invalidTemplates(problems);
  const { recipient_email: email, name, properties = {} } = body;
  return {
    sequence,
    step: { ...saved, subject, html, text },
    recipient: { email, name, properties },
    context,
  };
}

function templateFailed(failure: string) {
  return problem.unprocessable(`A template cannot be rendered: ${failure}.`, 'template_failed');
}

const draftBody = z.strictObject({
  recipient_email: emailField,
  name: lineField(200),
  properties: contextField,
  context: contextField,
  subject: z.string().max(STEP_LIMITS.subject).optional().meta({ description: 'Default: what is saved.' }),
  html: z.string().max(STEP_LIMITS.html).optional(),
  text: z.string().max(STEP_LIMITS.text).nullable().optional(),
});

const params = z.object({
  id: z.string().max(64).meta({ description: 'Id or key of the sequence.' }),
  step_id: z.uuid(),
});

const previewRoute = {
  tags: ['Steps'],
  summary: 'What a step’s email looks like',
  description: 'With the saved content, or with what the body gives in its place. Nobody is mailed.',
  params,
  body: draftBody,
  response: {
    200: z.object({
      from: z.string(),
      to: z.string(),
      subject: z.string(),
      html: z.string(),
      text: z.string(),
      headers: z.record(z.string(), z.string()),
      warnings: warningsField,
    }),
  },
};

const testRoute = {
  tags: ['Steps'],
  summary: 'Send a step’s email to an address, as a test',
  description:
    'It is no execution and moves no count. Without a mail server it is captured, marked as a test.',
  params,
  body: draftBody,
  response: {
    200: z.object({
      accepted: z.boolean(),
      outcome: z.string().meta({ description: 'accepted, captured, or what went wrong by name.' }),
      via: z.enum(['smtp', 'captured']),
      reply: z.string().meta({ description: 'The mail server’s own words.' }),
      message_id: z.string(),
    }),
  },
};
