import swagger, { type SwaggerTransform } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { OpenAPIV3_1 } from 'openapi-types';
import { tidy } from './openapi_tidy.ts';
import { isUnderApi } from './principal.ts';
import type { App } from './server.ts';

export type DescriptionOptions = { version: string; sessionCookie: string };

/**
 * Describes every route that has a `schema`, at /api/openapi.json and as a reference page at /api/docs.
 * Both are public: they say nothing that the source does not.
 */
export async function installDescription(
  app: App,
  { version, sessionCookie }: DescriptionOptions,
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Sequitur', version, description: introduction },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: sessionCookie },
          api_key: { type: 'http', scheme: 'bearer', bearerFormat: 'sq_…' },
        },
      },
      security: [{ session: [] }, { api_key: [] }],
    },
    transform: describeRoute,
    transformObject: (document) => tidy(jsonSchemaTransformObject(document) as OpenAPIV3_1.Document),
  });
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/docs')) route.config = { ...route.config, public: true };
  });
  await app.register(swaggerUi, {
    routePrefix: '/api/docs',
    uiConfig: { layout: 'BaseLayout', deepLinking: true, defaultModelsExpandDepth: -1 },
    theme: { title: 'Sequitur API' },
  });
  app.get('/api/openapi.json', { config: { public: true } }, async () => app.swagger());
}

const introduction = `Send an API key as \`Authorization: Bearer sq_…\`, or sign in for a session cookie.
Every failure is an \`application/problem+json\` document (RFC 9457) that names each field's problem.
Lists are read page by page: pass \`next_cursor\` back as \`cursor\` until it is null.`;

const describeRoute: SwaggerTransform = (input) => {
  if (!input.schema) return { schema: { hide: true }, url: input.url };
  const { schema, url } = jsonSchemaTransform(input);
  const { config } = input.route;
  return {
    url,
    schema: {
      ...schema,
      ...(config?.public || !isUnderApi(url) ? { security: [] } : {}),
      ...(config?.administratorsOnly ? { security: [{ session: [] }] } : {}),
      response: { ...(schema.response as object), default: anyFailure },
    },
  };
};

const anyFailure = {
  description: 'A problem',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};
