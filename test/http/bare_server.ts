import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { afterAll } from 'vitest';
import { createMetrics } from '../../src/http/metrics.ts';
import type { Authenticator } from '../../src/http/principal.ts';
import { type App, buildServer, type ServerOptions } from '../../src/http/server.ts';

export const PUBLIC_URL = 'http://sequitur.example.com';
export const withSession = { cookie: 'session=ada' };
export const withKey = { authorization: 'Bearer known' };

/** Knows one session and one key. */
const authenticator: Authenticator = {
  async bySession({ cookie }) {
    if (cookie !== withSession.cookie) return undefined;
    const principal = { kind: 'administrator', id: '1', name: 'Ada', email: 'ada@example.com' } as const;
    return { principal, setCookies: ['session=ada; Max-Age=60'] };
  },
  async byApiKey(secret) {
    return secret === 'known' ? { kind: 'api_key', id: '2', name: 'Shop' } : undefined;
  },
  isSignedIn: async ({ cookie }) => cookie === withSession.cookie,
};

/** A server without features, for a test to add its own routes to; closed when the file is done. */
export async function bareServer(options: Partial<ServerOptions> = {}): Promise<App> {
  const app = await buildServer({
    logger: pino({ level: 'silent' }),
    authenticator,
    publicUrl: PUBLIC_URL,
    sessionCookie: 'session',
    version: '1.2.3',
    dashboard: fileURLToPath(new URL('./no-such-folder', import.meta.url)),
    metrics: createMetrics(),
    checks: {},
    ...options,
  });
  afterAll(() => app.close());
  return app;
}
