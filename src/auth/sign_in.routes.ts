import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problem } from '../http/errors.ts';
import { administratorOf } from '../http/principal.ts';
import type { App } from '../http/server.ts';
import { emailSchema, passwordSchema } from './administrators.ts';
import { browserOf, countAttempt, setCookies, userSchema } from './browser.routes.ts';
import type { Sessions } from './sessions.ts';

export type SignInDeps = { sessions: Sessions };

/** Signing in and out, who is signed in, and changing one's own password. */
export function registerSignIn(app: App, { sessions }: SignInDeps): void {
  // Every attempt counts, the right ones too. A minute is too short to lock anybody out, and long enough to
  // make guessing ten characters hopeless. Counted in each process for itself.
  const perAddress = app.createRateLimit({ max: 30, timeWindow: MINUTE_MS });
  const perEmail = app.createRateLimit({ max: 10, timeWindow: MINUTE_MS, keyGenerator: emailOf });

  app.post(
    '/api/auth/sign-in/email',
    { config: { public: true }, schema: signIn },
    async (request, reply) => {
      await countAttempt(request, perAddress);
      await countAttempt(request, perEmail);
      const answer = await sessions.signIn(request.body, browserOf(request));
      if (answer.outcome === 'refused') {
        noteRefusal(request);
        throw problem.unauthenticated('The email or the password is wrong.');
      }
      setCookies(reply, answer);
      return { user: answer.administrator };
    },
  );

  app.post('/api/auth/sign-out', { config: { public: true }, schema: signOut }, async (request, reply) => {
    setCookies(reply, await sessions.signOut(browserOf(request)));
    app.credentialWatch.look();
    return reply.code(204).send(null);
  });

  app.get(
    '/api/auth/get-session',
    { config: { public: true }, schema: getSession },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const session = await sessions.find(browserOf(request));
      if (!session) return { user: null, expires_at: null };
      setCookies(reply, session);
      return { user: session.administrator, expires_at: session.expires_at };
    },
  );

  const ownPassword = { config: { administratorsOnly: true }, schema: changePassword };
  app.post('/api/auth/change-password', ownPassword, async (request, reply) => {
    await countAttempt(request, perAddress);
    const { current_password: current, new_password: next } = request.body;
    const answer = await sessions.changePassword(
      administratorOf(request),
      { current, next },
      browserOf(request),
    );
    if (answer.outcome === 'wrong_password')
      throw problem.invalid([{ path: 'current_password', message: 'is not your password' }]);
    app.credentialWatch.look();
    setCookies(reply, answer);
    return reply.code(204).send(null);
  });
}

// Whose password it was is shown by a letter and the domain: enough for whoever knows the few administrators, and
// no address in a log that others may read.
function noteRefusal({ log, ip, body }: FastifyRequest<{ Body: { email: string } }>): void {
  const email = body.email.replace(/(?<=^.)[^@]*/u, '…');
  log.info({ address: ip, email }, 'sign-in refused');
}

const MINUTE_MS = 60_000;

// Runs after the body has passed its schema.
function emailOf(request: FastifyRequest): string {
  return (request.body as { email: string }).email;
}

const signIn = {
  tags: ['Sign-in'],
  summary: 'Sign in with email and password',
  description: 'Sets the session cookie. Ten attempts a minute for one email, thirty from one address.',
  body: z
    .strictObject({ email: emailSchema, password: z.string().min(1).max(128) })
    .meta({ example: { email: 'ada@example.com', password: 'a long enough phrase' } }),
  response: { 200: z.object({ user: userSchema }) },
};

const signOut = {
  tags: ['Sign-in'],
  summary: 'Sign out',
  description: 'Ends the session, not only its cookie. Does nothing for a visitor who is not signed in.',
  response: { 204: z.null() },
};

const getSession = {
  tags: ['Sign-in'],
  summary: 'Who is signed in',
  description: 'Both fields are null for a visitor who is not.',
  response: { 200: z.object({ user: userSchema.nullable(), expires_at: z.date().nullable() }) },
};

const changePassword = {
  tags: ['Sign-in'],
  summary: 'Change one’s own password',
  description: 'Signs out all one’s other browsers.',
  body: z.strictObject({ current_password: z.string().min(1).max(128), new_password: passwordSchema }).meta({
    example: { current_password: 'a long enough phrase', new_password: 'another long phrase' },
  }),
  response: { 204: z.null() },
};
