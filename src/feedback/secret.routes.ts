import { z } from 'zod';
import { audit } from '../auth/audit.ts';
import type { Db } from '../db/database.ts';
import { inTransaction } from '../db/transaction.sql.ts';
import { administratorOf } from '../http/principal.ts';
import type { App } from '../http/server.ts';
import { removeSecret, renewSecret, secretState } from './secret.ts';

const HOUR_MS = 60 * 60 * 1000;
const KEEP_HOURS = 24;

/** The secret by which bounces are signed. Administrators only, as with API keys. */
export function registerSecret(app: App, { db, now }: { db: Db; now: () => Date }): void {
  const config = { administratorsOnly: true };

  app.get('/api/bounces/secret', { config, schema: readRoute }, async () => {
    const state = await secretState(db, now());
    const { created_at = null, previous_until = null } = state ?? {};
    return { exists: state !== undefined, created_at, previous_until };
  });

  app.post('/api/bounces/secret', { config, schema: renewRoute }, async (request, reply) => {
    const keep_previous_hours = request.body?.keep_previous_hours ?? KEEP_HOURS;
    const renewed = await inTransaction(db, async (tx) => {
      const made = await renewSecret(tx, { keepMs: keep_previous_hours * HOUR_MS, now: now() });
      const [action, detail] = made.isFirst
        ? ['bounce_secret.created', {}]
        : ['bounce_secret.renewed', { keep_previous_hours }];
      await audit(
        tx,
        administratorOf(request),
        String(action),
        { type: 'bounce_secret', id: made.id },
        { ...detail },
      );
      return made;
    });
    const { secret, created_at, previous_until } = renewed;
    return reply.code(201).header('cache-control', 'no-store').send({ secret, created_at, previous_until });
  });

  app.delete('/api/bounces/secret', { config, schema: removeRoute }, async (request, reply) => {
    await inTransaction(db, async (tx) => {
      const id = await removeSecret(tx);
      if (id)
        await audit(tx, administratorOf(request), 'bounce_secret.removed', { type: 'bounce_secret', id });
    });
    return reply.code(204).send(null);
  });
}

const previous_until = z
  .date()
  .nullable()
  .meta({ description: 'How long the secret before is good beside it; null: there is none.' });

const readRoute = {
  tags: ['Bounces'],
  summary: 'Whether there is a secret to sign with',
  description: 'The secret itself is shown once, when it is made.',
  response: { 200: z.object({ exists: z.boolean(), created_at: z.date().nullable(), previous_until }) },
};

const renewRoute = {
  tags: ['Bounces'],
  summary: 'Make a secret, or a new one',
  description: `\`secret\` signs requests to \`/api/bounces\`. It is shown in this answer and never again. The one before
stays good for a day, or as long as you say.`,
  body: z
    .strictObject({
      keep_previous_hours: z
        .int()
        .min(0)
        .max(7 * 24)
        .optional()
        .meta({
          description: 'How long the secret before stays good; 0 for one that has leaked.',
        }),
    })
    .nullish()
    .meta({ example: { keep_previous_hours: 24 } }),
  response: { 201: z.object({ secret: z.string(), created_at: z.date(), previous_until }) },
};

const removeRoute = {
  tags: ['Bounces'],
  summary: 'Remove the secret',
  description: 'From then on nothing signed is taken, until there is a new one. API keys go on as before.',
  response: { 204: z.null() },
};
