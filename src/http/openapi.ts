import swagger, { type SwaggerTransform } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifySchema } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { OpenAPIV3_1 } from 'openapi-types';
import { tidy } from './openapi_tidy.ts';
import { isUnderApi } from './principal.ts';
import { CHAPTERS, introduction, REFERENCE_SCRIPT, REFERENCE_STYLE } from './reference.ts';
import type { App } from './server.ts';
import { nothing } from './strictness.ts';

export type DescriptionOptions = { version: string; sessionCookie: string; publicUrl: string };

/**
 * Describes every route that has a `schema`, at /api/openapi.json and as a reference page at /api/docs.
 * Both are public: they say nothing that the source does not.
 */
export async function installDescription(
  app: App,
  { version, sessionCookie, publicUrl }: DescriptionOptions,
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sequitur',
        version,
        description: introduction(publicUrl),
        license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
      },
      tags: CHAPTERS,
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: sessionCookie },
          api_key: { type: 'http', scheme: 'bearer', bearerFormat: 'sq_…' },
          signature: { type: 'apiKey', in: 'header', name: 'webhook-signature' },
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
    uiConfig: {
      layout: 'BaseLayout',
      deepLinking: true,
      docExpansion: 'list',
      defaultModelsExpandDepth: -1,
      displayRequestDuration: true,
    },
    theme: {
      title: 'Sequitur API',
      css: [{ filename: 'reference.css', content: REFERENCE_STYLE }],
      js: [{ filename: 'reference.js', content: REFERENCE_SCRIPT }],
    },
  });
  const description = { config: { public: true }, schema: { hide: true } };
  app.get('/api/openapi.json', description, async () => app.swagger());
}

const describeRoute: SwaggerTransform = (input) => {
  if (!input.schema) return { schema: { hide: true }, url: input.url };
  const { schema, url } = jsonSchemaTransform({ ...input, schema: withoutNothing(input.schema) });
  const { config } = input.route;
  return {
    url,
    schema: {
      ...schema,
      ...(config?.public || !isUnderApi(url) ? { security: [] } : {}),
      ...(config?.administratorsOnly ? { security: [{ session: [] }] } : {}),
      ...(config?.orSigned ? { security: [{ session: [] }, { api_key: [] }, { signature: [] }] } : {}),
      response: { ...(schema.response as object), default: anyFailure },
    },
  };
};

function withoutNothing(schema: FastifySchema): FastifySchema {
  const { body, ...rest } = schema;
  return body === nothing ? rest : schema;
}

const anyFailure = {
  description: 'A problem',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};
