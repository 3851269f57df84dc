import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { App } from './server.ts';

/** A registry of its own with the process's default metrics; other parts add theirs to it. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/**
 * Times every request by method, route and status, and serves `registry` at /metrics. The figures tell how
 * much mail goes out, so they are for those who may sign in; a scraper on the same machine needs no key.
 */
export function installMetrics(app: App, registry: Registry): void {
  const duration = new Histogram({
    name: 'sequitur_http_request_duration_seconds',
    help: 'Time from a request’s first byte to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    // The route's pattern, never the path: ids in labels would make a time series a contact.
    const route = request.routeOptions.url ?? 'none';
    duration.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
  app.get('/metrics', { config: { localOrPrincipal: true } }, async (_request, reply) => {
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
