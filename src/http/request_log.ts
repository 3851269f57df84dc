import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { pathOf } from './errors.ts';
import { isUnderApi } from './principal.ts';
import type { App } from './server.ts';

/**
 * `logger` for requests: what it is given of a request or an error leaves out cookies, keys, bodies and
 * query strings (a search is for an address), and the row values that PostgreSQL puts into its errors.
 */
export function requestLogger(logger: Logger): Logger {
  return logger.child(
    {},
    {
      redact: { paths: [...secretPaths], remove: true },
      serializers: { req: (request: FastifyRequest) => describe(request) },
    },
  );
}

/** Logs every finished request at `debug`; failures are logged where they are answered. */
export function installRequestLog(app: App): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.debug(
      { req: request, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    );
  });
}

/** Where PostgreSQL's errors hold values of rows. */
export const ROW_VALUES = ['err.detail', 'err.where', 'err.parameters', 'err.query'] as const;

const secretPaths = [
  'headers.cookie',
  'headers.authorization',
  '*.headers.cookie',
  '*.headers.authorization',
  '*.headers["set-cookie"]',
  'body',
  '*.body',
  ...ROW_VALUES,
];

// Outside /api a path may itself be a secret (an unsubscribe token), so its route stands in for it.
function describe(request: FastifyRequest): { method: string; path: string } {
  const route = request.routeOptions?.url;
  return { method: request.method, path: route && !isUnderApi(route) ? route : pathOf(request) };
}
