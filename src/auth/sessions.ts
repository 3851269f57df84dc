import type { IncomingHttpHeaders } from 'node:http';
import { APIError, betterAuth } from 'better-auth';
import type { Logger } from 'pino';
import type { Db, Tx } from '../db/database.ts';
import { inTransaction } from '../db/transaction.sql.ts';
import type { Administrator } from '../http/principal.ts';
import { newId } from '../lib/uuid.ts';
import { audit } from './audit.ts';
import { deleteExpiredSessions } from './sessions.sql.ts';

/** The browser that asks: its request's headers, and its address as the server sees it. */
export type Browser = { headers: IncomingHttpHeaders; address: string };

export type Session = { administrator: Administrator; expires_at: Date; setCookies: string[] };

/** Signing in and out by password. Each answer's `setCookies` are to be sent to the browser. */
export type Sessions = {
  /** The name of the cookie that a session is kept by. */
  cookieName: string;
  signIn(
    credentials: { email: string; password: string },
    browser: Browser,
  ): Promise<
    { outcome: 'signed_in'; administrator: Administrator; setCookies: string[] } | { outcome: 'refused' }
  >;
  /** Signs out whoever is signed in; does nothing else for anybody else. */
  signOut(browser: Browser): Promise<{ setCookies: string[] }>;
  /** Undefined for a browser that is not, or no longer, signed in. */
  find(browser: Browser): Promise<Session | undefined>;
  /** Whether a browser is signed in, without prolonging its session. */
  isGood(headers: IncomingHttpHeaders): Promise<boolean>;
  /** Changes the password of whoever is signed in, `administrator`, and signs out all their other browsers. */
  changePassword(
    administrator: Administrator,
    passwords: { current: string; next: string },
    browser: Browser,
  ): Promise<{ outcome: 'changed'; setCookies: string[] } | { outcome: 'wrong_password' }>;
};

export type SessionOptions = { secret: Buffer; publicUrl: string; logger: Logger };

/**
 * Sessions on better-auth. Its functions are called one by one, and its own HTTP handler is not mounted: that
 * would add some thirty addresses that the dashboard does not use, with answers of another form, beside the
 * one rule about foreign origins that holds for all of /api.
 */
export async function createSessions(db: Db, options: SessionOptions): Promise<Sessions> {
  const auth = createAuth(db, options);
  const { authCookies } = await auth.$context;
  const cookieName = authCookies.sessionToken.name;
  return {
    cookieName,
    async signIn(body, browser) {
      const answer = await auth.api
        .signInEmail({ body, headers: headersOf(browser), returnHeaders: true })
        .catch(refusal);
      if (!answer) return { outcome: 'refused' };
      await deleteExpiredSessions(db);
      return {
        outcome: 'signed_in',
        administrator: toAdministrator(answer.response.user),
        ...cookiesOf(answer),
      };
    },
    async signOut(browser) {
      return cookiesOf(await auth.api.signOut({ headers: headersOf(browser), returnHeaders: true }));
    },
    async find(browser) {
      if (!browser.headers.cookie?.includes(cookieName)) return undefined;
      const answer = await auth.api.getSession({ headers: headersOf(browser), returnHeaders: true });
      if (!answer.response) return undefined;
      const { user, session } = answer.response;
      return { administrator: toAdministrator(user), expires_at: session.expiresAt, ...cookiesOf(answer) };
    },
    async isGood(headers) {
      if (!headers.cookie?.includes(cookieName)) return false;
      const asked = { headers: new Headers({ cookie: headers.cookie }), query: { disableRefresh: true } };
      return (await auth.api.getSession(asked)) !== null;
    },
    async changePassword(administrator, { current, next }, browser) {
      const body = { currentPassword: current, newPassword: next, revokeOtherSessions: true };
      const asked = { body, headers: headersOf(browser), returnHeaders: true } as const;
      const object = { type: 'user', id: administrator.id };
      const change = inTransaction(db, async (tx) => {
        // On the transaction itself, so that the entry in the log commits with the change.
        const answer = await createAuth(tx, options).api.changePassword(asked);
        await audit(tx, administrator, 'user.password_changed', object);
        return answer;
      });
      const answer = await change.catch(refusal);
      return answer ? { outcome: 'changed', ...cookiesOf(answer) } : { outcome: 'wrong_password' };
    },
  };
}

const SESSION_SECONDS = 14 * 24 * 60 * 60;
const DAY_SECONDS = 24 * 60 * 60;
const ADDRESS_HEADER = 'x-sequitur-address';

function createAuth(db: Db | Tx, { secret, publicUrl, logger }: SessionOptions) {
  return betterAuth({
    appName: 'Sequitur',
    baseURL: publicUrl,
    // As a list, which keeps the library from taking a secret out of the environment instead.
    secrets: [{ version: 1, value: secret.toString('base64') }],
    database: { db, type: 'postgres', schemaName: 'sequitur', transaction: !db.isTransaction },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10, maxPasswordLength: 128 },
    user: { modelName: 'users', fields: { emailVerified: 'email_verified', ...timestamps } },
    session: {
      modelName: 'sessions',
      expiresIn: SESSION_SECONDS,
      updateAge: DAY_SECONDS,
      fields: {
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        ...timestamps,
      },
    },
    account: {
      modelName: 'accounts',
      fields: {
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        ...timestamps,
      },
    },
    verification: { modelName: 'verifications', fields: { expiresAt: 'expires_at', ...timestamps } },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    advanced: {
      cookiePrefix: cookiePrefix(publicUrl),
      useSecureCookies: publicUrl.startsWith('https:'),
      // Checked once, on the pool; the check wants a connection of its own, which a transaction does not give.
      database: { generateId: () => newId(), validateSchema: !db.isTransaction },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    // It warns of every refused attempt, which its caller notes with more to go by.
    logger: { level: 'error', log: (level, message) => logger[level]({ part: 'sign-in' }, message) },
  });
}

const timestamps = { createdAt: 'created_at', updatedAt: 'updated_at' };

// Browsers send a host's cookies to all its ports, so two Sequiturs on one machine would sign each other out.
function cookiePrefix(publicUrl: string): string {
  const { port } = new URL(publicUrl);
  return port ? `sequitur_${port}` : 'sequitur';
}

// The address as the server has found it, in place of what the browser may claim.
function headersOf({ headers, address }: Browser): Headers {
  return new Headers({
    cookie: headers.cookie ?? '',
    'user-agent': headers['user-agent'] ?? '',
    [ADDRESS_HEADER]: address,
  });
}

function cookiesOf({ headers }: { headers: Headers }): { setCookies: string[] } {
  return { setCookies: headers.getSetCookie() };
}

function refusal(error: unknown): undefined {
  if (error instanceof APIError && error.statusCode >= 400 && error.statusCode < 500) return undefined;
  throw error;
}

function toAdministrator({ id, name, email }: { id: string; name: string; email: string }): Administrator {
  return { kind: 'administrator', id, name, email };
}
