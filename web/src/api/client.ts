import createClient from 'openapi-fetch';
import type { paths } from './generated/openapi.d.ts';
import { problemOf } from './problem.ts';

/** The API, typed by its own description. Refusals are thrown as `ApiProblem`; a lost network as `TypeError`. */
export const api = createClient<paths>({ baseUrl: '/' });

api.use({
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
});

/** The body of an answer that has one. */
export async function bodyOf<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  if (data === undefined) throw new TypeError('The server answered without a body.');
  return data;
}

/** What GET on `P` answers. */
export type Answer<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;
