import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { afterAll } from 'vitest';
import { createAdministrator } from '../../src/auth/administrators.ts';
import { createApiKey, createApiKeyVerifier } from '../../src/auth/api_keys.ts';
import { createAuthenticator } from '../../src/auth/authenticator.ts';
import { registerAuth } from '../../src/auth/routes.ts';
import { createSessions } from '../../src/auth/sessions.ts';
import { secretFor, signingSecret } from '../../src/auth/signing_secret.ts';
import { type Db, ping } from '../../src/db/database.ts';
import { createCursors } from '../../src/http/cursor.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { type App, buildServer, type ServerOptions } from '../../src/http/server.ts';
import { activeCalendar, confirmTimeZone } from '../../src/ledger/calendars.ts';

export const PUBLIC_URL = 'http://sequitur.example.com';
export const PASSWORD = 'a long enough phrase';

const system = { kind: 'system', name: 'test' } as const;

/** A server on `db` with sign-in and all that belongs to it, closed when the file is done. */
export async function openServer(db: Db, options: Partial<ServerOptions> = {}): Promise<App> {
  const secret = await signingSecret(db);
  const logger = options.logger ?? pino({ level: 'silent' });
  const publicUrl = options.publicUrl ?? PUBLIC_URL;
  const sessions = await createSessions(db, { secret: secretFor('sessions', secret), publicUrl, logger });
  const keys = createApiKeyVerifier(db, (error) => logger.error(error));
  const app = await buildServer({
    logger,
    authenticator: createAuthenticator(sessions, keys),
    publicUrl,
    sessionCookie: sessions.cookieName,
    version: '0.0.0',
    dashboard: fileURLToPath(new URL('./no-such-folder', import.meta.url)),
    metrics: createMetrics(),
    checks: { database: async () => ping(db).then(() => ({ ready: true as const })) },
    ...options,
  });
  const zone = {
    suggested: async (of: Db) => (await activeCalendar(of)).time_zone,
    confirm: confirmTimeZone,
    onConfirmed: () => {},
  };
  const cursors = createCursors(secretFor('cursors', secret));
  registerAuth(app, { db, sessions, keys, cursors, zone, now: () => new Date() });
  afterAll(async () => {
    await app.close();
    await keys.close();
  });
  return app;
}

/** An administrator who signs in with `PASSWORD`. */
export async function makeAdministrator(db: Db, name: string): Promise<{ id: string; email: string }> {
  const email = `${name}@example.com`;
  const made = await createAdministrator(db, { name, email, password: PASSWORD }, system);
  if (made.outcome !== 'created') throw new Error(made.outcome);
  return { id: made.administrator.id, email };
}

/** Signs in and gives the header that a browser would send from then on. */
export async function signIn(app: App, email: string, password = PASSWORD): Promise<{ cookie: string }> {
  const answer = await app.inject({
    method: 'POST',
    url: '/api/auth/sign-in/email',
    payload: { email, password },
  });
  if (answer.statusCode !== 200) throw new Error(answer.body);
  return { cookie: cookieOf(answer.headers['set-cookie']) };
}

/** A Cookie header out of Set-Cookie ones. */
export function cookieOf(setCookie: string | string[] | undefined): string {
  return [setCookie ?? []]
    .flat()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
}

/** A new key, as the header that a program sends. */
export async function bearer(db: Db, name = 'a program'): Promise<{ authorization: string; id: string }> {
  const key = await createApiKey(db, { name, createdBy: system });
  return { authorization: `Bearer ${key.secret}`, id: key.id };
}
