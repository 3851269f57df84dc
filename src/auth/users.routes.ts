import { z } from 'zod';
import type { Db } from '../db/database.ts';
import { problem } from '../http/errors.ts';
import { administratorOf } from '../http/principal.ts';
import type { App } from '../http/server.ts';
import {
  createAdministrator,
  listAdministrators,
  newAdministratorSchema,
  passwordSchema,
  removeAdministrator,
  temporaryPassword,
} from './administrators.ts';
import { userSchema } from './browser.routes.ts';

/** The administrators of the workspace. */
export function registerUsers(app: App, { db }: { db: Db }): void {
  const config = { administratorsOnly: true };

  app.get('/api/users', { config, schema: listUsers }, async () => ({ users: await listAdministrators(db) }));

  app.post('/api/users', { config, schema: createUser }, async (request, reply) => {
    const { password: given, ...fields } = request.body;
    const password = given ?? temporaryPassword();
    const made = await createAdministrator(db, { ...fields, password }, administratorOf(request));
    if (made.outcome === 'email_taken')
      throw problem.conflict('There is a user with this email already.', 'email_taken');
    return reply.code(201).send({ user: made.administrator, temporary_password: given ? null : password });
  });

  app.delete('/api/users/:id', { config, schema: removeUser }, async (request, reply) => {
    const { id } = request.params;
    const outcome = await removeAdministrator(db, id, administratorOf(request));
    if (outcome === 'not_found') throw problem.notFound('user', id);
    if (outcome === 'oneself') throw problem.conflict('You cannot remove yourself.', 'oneself');
    if (outcome === 'last')
      throw problem.conflict('The last administrator cannot be removed.', 'last_administrator');
    app.credentialWatch.look();
    return reply.code(204).send(null);
  });
}

const listedUser = userSchema.extend({ created_at: z.date() }).meta({ id: 'ListedUser' });

const listUsers = {
  tags: ['Users'],
  summary: 'All administrators, oldest first',
  description: 'Everybody who signs in may do everything: there is one role.',
  response: { 200: z.object({ users: z.array(listedUser) }) },
};

const createUser = {
  tags: ['Users'],
  summary: 'Add an administrator',
  description: 'Without a password a temporary one is made and shown in this answer, this once.',
  body: newAdministratorSchema
    .extend({ password: passwordSchema.optional() })
    .meta({ example: { name: 'Grace', email: 'grace@example.com' } }),
  response: { 201: z.object({ user: listedUser, temporary_password: z.string().nullable() }) },
};

const removeUser = {
  tags: ['Users'],
  summary: 'Remove an administrator and sign them out',
  description:
    'At once, in all their browsers. Their keys go on. Nobody removes themselves, so somebody is always left.',
  params: z.object({ id: z.uuid() }),
  response: { 204: z.null() },
};
