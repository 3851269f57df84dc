import type { IncomingMessage, ServerResponse } from 'node:http';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyServerOptions,
  LogController,
  type RawServerDefault,
} from 'fastify';
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { newId } from '../lib/uuid.ts';
import { installDashboard } from './dashboard.ts';
import { answerFailure, installErrorHandling, problem } from './errors.ts';
import { installHealth, type ReadinessChecks } from './health.ts';
import { installMetrics } from './metrics.ts';
import { installDescription } from './openapi.ts';
import { type Authenticator, installAuthentication } from './principal.ts';
import { installRequestLog, requestLogger } from './request_log.ts';
import { installStorableCheck } from './storable.ts';
import { installStrictness } from './strictness.ts';
import { validatorCompiler } from './validation.ts';

/** The server that features add their routes to; a route's zod schemas type its request and its answer. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export type ServerOptions = {
  logger: Logger;
  authenticator: Authenticator;
  /** Where browsers reach this server: its origin may make changes, and https makes it insist on https. */
  publicUrl: string;
  /** The name of the session cookie, for the API's description. */
  sessionCookie: string;
  /** Sequitur's version, for the API's description. */
  version: string;
  /** The built dashboard, an absolute path. It may be missing; a page then says so. */
  dashboard: string;
  metrics: Registry;
  checks: ReadinessChecks;
  /** Whether an error tells that the database cannot be reached. By default none does. */
  isAway?: (error: unknown) => boolean;
  /**
   * The proxies whose X-Forwarded-* headers are believed, as Fastify takes them. Default: those on this
   * machine. Never `true` where visitors can reach the port directly: they could then choose their address.
   */
  trustProxy?: NonNullable<FastifyServerOptions['trustProxy']>;
};

/** A server with everything but the features' routes. Add those, then call `listen`. */
export async function buildServer(options: ServerOptions): Promise<App> {
  const app = openApp(options);
  await app.register(helmet, securityHeaders(options.publicUrl));
  await app.register(cookie);
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_request, { ttl }) => problem.tooMany(Math.max(1, Math.ceil(ttl / 1000))),
  });
  installAuthentication(app, options.authenticator, options.publicUrl);
  installStorableCheck(app);
  installStrictness(app);
  installMetrics(app, options.metrics);
  await installDescription(app, options);
  installHealth(app, options.checks);
  await installDashboard(app, options.dashboard);
  return app;
}

/** A server that checks what it is asked, logs it, and answers failures as problems; with no routes at all. */
export function openApp({
  logger,
  trustProxy,
  isAway = () => false,
}: Pick<ServerOptions, 'logger' | 'trustProxy' | 'isAway'>): App {
  const app = Fastify({
    loggerInstance: requestLogger(logger) as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: newId,
    trustProxy: trustProxy ?? 'loopback',
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: answerFailure,
    return503OnClosing: true,
  }).withTypeProvider<ZodTypeProvider>() as App;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  // Text would reach a JSON route as a string; a 415 says what is wrong.
  app.removeContentTypeParser('text/plain');
  installErrorHandling(app, isAway);
  installRequestLog(app);
  return app;
}

const BODY_LIMIT_BYTES = 1_048_576;
const REQUEST_TIMEOUT_MS = 60_000;

/**
 * Scripts come from here alone and never inline. Styles may be inline: the dashboard's components set them
 * on elements, and so do the mails that it shows; their pictures come from anywhere on https.
 */
function securityHeaders(publicUrl: string) {
  const secure = publicUrl.startsWith('https:');
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:', 'https:'],
        'font-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'object-src': ["'none'"],
        'base-uri': ["'self'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'self'"],
      },
    },
    // Both mean something to browsers on https only, and fill their consoles with warnings elsewhere.
    // For this name alone: what else the same domain has below it is not ours to move to https for a year.
    strictTransportSecurity: secure && { includeSubDomains: false },
    crossOriginOpenerPolicy: secure,
    originAgentCluster: secure,
    referrerPolicy: { policy: 'same-origin' as const },
  };
}
