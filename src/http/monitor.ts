import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { noSuchAddress } from './errors.ts';
import { installHealth, type ReadinessChecks } from './health.ts';
import { installMetrics } from './metrics.ts';
import { type ApiKey, installAuthentication } from './principal.ts';
import { type App, openApp } from './server.ts';

export type MonitorOptions = {
  logger: Logger;
  metrics: Registry;
  checks: ReadinessChecks;
  /** The API key of this secret; undefined where it is none. */
  verifyKey: (secret: string) => Promise<ApiKey | undefined>;
};

/** A server for whoever watches a process that answers nothing else: `/healthz`, `/readyz` and `/metrics`. */
export async function buildMonitor({ logger, metrics, checks, verifyKey }: MonitorOptions): Promise<App> {
  const app = openApp({ logger });
  const noSession = { bySession: async () => undefined, isSignedIn: async () => false };
  // No browser signs in here, so none has an origin to come from.
  installAuthentication(app, { ...noSession, byApiKey: verifyKey }, 'http://localhost');
  installMetrics(app, metrics);
  installHealth(app, checks);
  app.setNotFoundHandler((request) => {
    throw noSuchAddress(request);
  });
  return app;
}
