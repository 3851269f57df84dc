import openapiTypes, { astToString } from 'openapi-typescript';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { registerStream } from '../../src/http/stream.routes.ts';
import { openStream } from '../../src/http/stream.ts';
import { openServer } from '../auth/workspace.ts';
import { setup } from '../support/setup.ts';
import { bareServer } from './bare_server.ts';

const { db } = await setup();
const app = await openServer(db);
const document = (await app.inject('/api/openapi.json')).json();

test('the description is valid OpenAPI, from which types can be made', async () => {
  expect(document.openapi).toBe('3.1.0');
  const types = astToString(await openapiTypes(document));
  expect(types).toContain('"/api/keys"');
  expect(types).toMatch(/created_at: string/);
});

test('it says what is public, what takes a key, and what only a session', () => {
  expect(document.components.securitySchemes).toEqual({
    session: { type: 'apiKey', in: 'cookie', name: 'sequitur.session_token' },
    api_key: { type: 'http', scheme: 'bearer', bearerFormat: 'sq_…' },
    signature: { type: 'apiKey', in: 'header', name: 'webhook-signature' },
  });
  expect(document.security).toEqual([{ session: [] }, { api_key: [] }]);
  expect(document.paths['/api/setup'].get.security).toEqual([]);
  expect(document.paths['/api/audit'].get.security).toBeUndefined();
  expect(document.paths['/api/keys'].post.security).toEqual([{ session: [] }]);
});

test('every operation has a chapter, a summary, a description and the problem document', () => {
  const chapters = document.tags.map(({ name }: { name: string }) => name);
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path as object));
  expect(operations.length).toBeGreaterThan(10);
  for (const operation of operations) {
    expect(operation).toMatchObject({
      tags: [expect.any(String)],
      summary: expect.any(String),
      description: expect.any(String),
    });
    expect(chapters).toContain(operation.tags[0]);
    expect(operation.responses.default.content['application/problem+json'].schema).toEqual({
      $ref: '#/components/schemas/Problem',
    });
  }
});

test('routes without a schema stay out of it, and so do schemas that no route uses', () => {
  expect(Object.keys(document.paths).filter((path) => !path.startsWith('/api/'))).toEqual([]);
  expect(document.paths['/api/openapi.json']).toBeUndefined();
  expect(Object.keys(document.components.schemas).filter((name) => name.endsWith('Input'))).toEqual([]);
});

test('it leaves out what only looks like a promise', async () => {
  const bare = await bareServer();
  const shape = z.object({ n: z.int(), id: z.uuid(), pattern: z.string(), format: z.string() });
  bare.post(
    '/api/echo',
    { schema: { body: shape, response: { 200: shape } } },
    async (request) => request.body,
  );
  const { post } = (await bare.inject('/api/openapi.json')).json().paths['/api/echo'];
  const answer = post.responses['200'];
  expect(answer.description).toBe('OK');
  expect(answer.content['application/json'].schema).toEqual({
    type: 'object',
    properties: {
      n: { type: 'integer' },
      id: { type: 'string', format: 'uuid' },
      pattern: { type: 'string' },
      format: { type: 'string' },
    },
    required: ['n', 'id', 'pattern', 'format'],
  });
});

test('the stream’s events are described by name and data', async () => {
  const bare = await bareServer();
  const data = z.object({ n: z.int() }).meta({ id: 'Ticks' });
  registerStream(bare, openStream(), { ticks: { description: 'it has ticked.', data } });
  const { paths } = (await bare.inject('/api/openapi.json')).json();
  const { get } = paths['/api/stream'];
  expect(get.description).toContain('- `ticks`: it has ticked.');
  const [form] = get.responses['200'].content['text/event-stream'].schema.anyOf;
  expect(form.properties.event.enum).toEqual(['ticks']);
  expect(form.properties.data).toEqual({ $ref: '#/components/schemas/Ticks' });
});

test('the reference page and all that it loads is served to anybody, as its policy allows', async () => {
  const page = await app.inject('/api/docs');
  expect(page.statusCode).toBe(200);
  expect(page.body).toContain('<title>Sequitur API</title>');
  expect(page.body).not.toMatch(/<script(?![^>]*src=)/);
  const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url);
  for (const url of [...loaded, '/api/docs/json']) expect((await app.inject(url)).statusCode).toBe(200);
});
