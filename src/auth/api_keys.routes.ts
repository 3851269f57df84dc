import { z } from 'zod';
import type { Db } from '../db/database.ts';
import { problem } from '../http/errors.ts';
import { administratorOf } from '../http/principal.ts';
import type { App } from '../http/server.ts';
import {
  type ApiKeyVerifier,
  apiKeyNameSchema,
  createApiKey,
  listApiKeys,
  revokeApiKey,
} from './api_keys.ts';

/** Keys for programs. Administrators only: a key that could make keys would outlive its own revocation. */
export function registerApiKeys(app: App, { db, keys }: { db: Db; keys: ApiKeyVerifier }): void {
  const config = { administratorsOnly: true };

  app.get('/api/keys', { config, schema: listKeys }, async () => ({ keys: await listApiKeys(db) }));

  app.post('/api/keys', { config, schema: createKey }, async (request, reply) => {
    const key = await createApiKey(db, { name: request.body.name, createdBy: administratorOf(request) });
    return reply.code(201).header('cache-control', 'no-store').send(key);
  });

  app.delete('/api/keys/:id', { config, schema: revokeKey }, async (request, reply) => {
    const { id } = request.params;
    const outcome = await revokeApiKey(db, id, administratorOf(request));
    if (outcome === 'not_found') throw problem.notFound('API key', id);
    keys.forget(id);
    app.credentialWatch.look();
    return reply.code(204).send(null);
  });
}

const listedKey = z
  .object({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string(),
    created_at: z.date(),
    created_by: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    last_used_at: z.date().nullable().meta({ description: 'To the minute.' }),
    revoked_at: z.date().nullable(),
  })
  .meta({ id: 'ApiKey' });

const listKeys = {
  tags: ['API keys'],
  summary: 'All keys, newest first, revoked ones included',
  description: 'Without their secrets, which are kept nowhere. `prefix` is how a secret begins.',
  response: { 200: z.object({ keys: z.array(listedKey) }) },
};

const createKey = {
  tags: ['API keys'],
  summary: 'Make a key',
  description: '`secret` is what programs send. It is shown in this answer and never again.',
  body: z.strictObject({ name: apiKeyNameSchema }).meta({ example: { name: 'Webshop' } }),
  response: { 201: z.object({ id: z.uuid(), name: z.string(), prefix: z.string(), secret: z.string() }) },
};

const revokeKey = {
  tags: ['API keys'],
  summary: 'Revoke a key',
  description: 'At once here, within ten seconds in other processes. The key stays in the list.',
  params: z.object({ id: z.uuid() }),
  response: { 204: z.null() },
};
