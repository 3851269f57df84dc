import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problem } from '../http/errors.ts';
import { administratorOf } from '../http/principal.ts';
import type { App } from '../http/server.ts';
import { createAllowance } from '../lib/allowance.ts';
import { emailSchema, passwordSchema } from './administrators.ts';
import { browserOf, countAttempt, setCookies, userSchema } from './browser.routes.ts';
import type { Sessions } from './sessions.ts';

export type SignInDeps = { sessions: Sessions };

/** Signing in and out, who is signed in, and changing one's own password. */
export function registerSignIn(app: App, { sessions }: SignInDeps): void {
  // Every attempt counts, the right ones too. Counted in each process for itself.
  const perAddress = app.createRateLimit({ max: 30, timeWindow: MINUTE_MS });
  const guesses = createGuesses();

  app.post(
    '/api/auth/sign-in/email',
    { config: { public: true }, schema: signIn },
    async (request, reply) => {
      await countAttempt(request, perAddress);
      guesses.take(request);
      const answer = await sessions.signIn(request.body, browserOf(request));
      if (answer.outcome === 'refused') {
        noteRefusal(request);
        throw problem.unauthenticated('The email or the password is wrong.');
      }
      guesses.giveBack(request);
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

type SignIn = FastifyRequest<{ Body: { email: string } }>;

/**
 * Counts wrong passwords: ten a minute for one email from one address. From all addresses together it takes thirty
 * times as many to shut an email out, since anybody could keep its owner from signing in that way; guessing ten
 * characters at that rate is as hopeless. Taken before the password is looked at, or a hundred at once would all pass.
 */
function createGuesses() {
  const here = createAllowance({ most: 10, windowMs: MINUTE_MS });
  const everywhere = createAllowance({ most: 300, windowMs: MINUTE_MS });
  const keyOf = ({ ip, body }: SignIn) => `${ip} ${body.email}`;
  return {
    take(request: SignIn): void {
      const seconds = here.take(keyOf(request)) || everywhere.take(request.body.email);
      if (seconds > 0) throw problem.tooMany(seconds, 'Too many attempts.');
    },
    giveBack(request: SignIn): void {
      here.giveBack(keyOf(request));
      everywhere.giveBack(request.body.email);
    },
  };
}

// Whose password it was is shown by a letter and the domain: enough for whoever knows the few administrators, and
// no address in a log that others may read.
function noteRefusal({ log, ip, body }: SignIn): void {
  const email = body.email.replace(/(?<=^.)[^@]*/u, '…');
  log.info({ address: ip, email }, 'sign-in refused');
}

const MINUTE_MS = 60_000;

const signIn = {
  tags: ['Sign-in'],
  summary: 'Sign in with email and password',
  description:
    'Sets the session cookie. Ten wrong passwords a minute for one email from one address, thirty attempts from one address.',
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
