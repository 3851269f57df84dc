import { z } from 'zod';
import { isUnderApi } from './principal.ts';
import type { App } from './server.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    takesNoBody?: boolean;
  }
}

/**
 * Holds every described route under /api to what its schemas name: an unknown parameter of the query, or an
 * unknown field of the body, is refused by name. Ignored, `range=7d` for `time_range=7d` would be answered with
 * the default range and not a word. Fields below the top are as strict as their own schemas; loose ones, and
 * records, take what they are given. Call it before routes are added.
 */
export function installStrictness(app: App): void {
  letNothingPass(app);
  app.addHook('onRoute', (route) => {
    const { schema, url, method } = route;
    if (!schema || !isUnderApi(url)) return;
    const { querystring = z.object({}), body = nothing } = schema;
    const readsBody = method !== 'GET' && method !== 'HEAD';
    if (body === nothing) route.config = { ...route.config, takesNoBody: true };
    route.schema = {
      ...schema,
      querystring: closed(querystring),
      ...(readsBody ? { body: closed(body) } : {}),
    };
  });
}

/** What stands for the body of a route that takes none. `{}` is let through: some clients always send it. */
export const nothing = z.strictObject({}).nullish();

// Clients that say JSON with every request say it of no body too. Where a body is taken, none is a problem.
function letNothingPass(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '' && request.routeOptions.config.takesNoBody) done(null, undefined);
    else parse(request, body, done);
  });
}

function closed(schema: unknown): unknown {
  const isOpen = schema instanceof z.ZodObject && !schema.def.catchall;
  return isOpen ? schema.strict() : schema;
}
