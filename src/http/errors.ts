import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { PAGE_SECURITY_POLICY } from '../lib/html_page.ts';
import { Unavailable } from '../lib/unavailable.ts';
import { problemPage } from './problem_page.ts';
import type { App } from './server.ts';
import { fieldProblems } from './validation.ts';

/** One field's problem; `message` reads on from `path`: "recipients[3].recipient_email" "is required". */
export type FieldProblem = { path: string; message: string };

/** The document that every failure is answered with (RFC 9457, `application/problem+json`). */
export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'Names the kind of problem: `urn:sequitur:problem:<name>`.' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().optional().meta({ description: 'The request in the log of the server.' }),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });

export type ProblemDocument = z.infer<typeof problemSchema>;

type Extras = { errors?: FieldProblem[]; headers?: Record<string, string> };

/** A failure that the caller is told about. Made by `problem`, thrown by routes. */
export class Problem extends Error {
  readonly status: number;
  readonly kind: string;
  readonly errors: FieldProblem[] | undefined;
  readonly headers: Record<string, string>;

  constructor(status: number, kind: string, detail: string, extras: Extras = {}) {
    super(detail);
    this.status = status;
    this.kind = kind;
    this.errors = extras.errors;
    this.headers = extras.headers ?? {};
  }
}

/**
 * The failures that routes know, each with its HTTP status. `kind` becomes the last part of the document's
 * `type`: give one of your own where a caller has to tell two conflicts apart.
 */
export const problem = {
  /** 400: fields that are missing, malformed or out of range. */
  invalid: (errors: FieldProblem[]) => new Problem(400, 'invalid', inWords(errors), { errors }),
  /** 401: neither a session nor a valid key; nor, where a request may be signed instead, a good signature. */
  unauthenticated: (
    detail = 'Sign in, or send an API key as "Authorization: Bearer sq_…".',
    kind = 'unauthenticated',
  ) => new Problem(401, kind, detail, { headers: { 'www-authenticate': 'Bearer' } }),
  /** 403: known, but not allowed. */
  forbidden: (detail: string, kind = 'forbidden') => new Problem(403, kind, detail),
  /** 404: `noun` is the customer's word for the thing, `id` is what the caller named it by. */
  notFound: (noun: string, id: string) =>
    new Problem(404, 'not_found', `There is no ${noun} ${JSON.stringify(id)}.`),
  /** 409: in order by itself, but not with what is there. */
  conflict: (detail: string, kind = 'conflict') => new Problem(409, kind, detail),
  /** 410: was there, and never will be again. */
  gone: (detail: string, kind = 'gone') => new Problem(410, kind, detail),
  /** 422: understood, and refused for what it says. */
  unprocessable: (detail: string, kind = 'unprocessable', errors?: FieldProblem[]) =>
    new Problem(422, kind, detail, errors ? { errors } : {}),
  /** 429: try again after `seconds`. */
  tooMany: (seconds: number, detail = 'Too many requests.') =>
    new Problem(429, 'too_many', `${detail} Try again in ${seconds} s.`, {
      headers: { 'retry-after': String(seconds) },
    }),
  /** 503: `what` went away while it was used. Only what changes nothing is as good as not asked. */
  away: (what: string, isRead: boolean) =>
    isRead
      ? new Problem(503, 'unavailable', `${what} cannot be reached. Try again in 5 s.`, {
          headers: { 'retry-after': '5' },
        })
      : new Problem(
          503,
          'unavailable',
          `${what} cannot be reached. Before you try again, look whether this was done all the same.`,
        ),
  /** 503: `errors` names the parts that are not ready. */
  notReady: (errors: FieldProblem[]) => new Problem(503, 'not_ready', inWords(errors), { errors }),
};

/**
 * Answers every failure of `app`: problems as they are, all others as what they mean to the caller. What `isAway` says of
 * an error is that the database could not be reached: somebody else tells the log so, once.
 */
export function installErrorHandling(app: App, isAway: (error: unknown) => boolean): void {
  app.setErrorHandler((error, request, reply) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    return answerFailure(isAway(error) ? problem.away('The database', isRead) : error, request, reply);
  });
}

/** Answers one failure: a page to a browser outside /api, a problem document to everyone else. */
export function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = toProblem(error, request);
  if (failure.status >= 500 && !(error instanceof Problem))
    request.log.error({ err: error }, 'request failed');
  reply.code(failure.status).headers(failure.headers).header('cache-control', 'no-store');
  const document = toDocument(failure, request);
  // Serialised here: the route's response schemas describe its answers, and problems are none of them.
  if (!wantsPage(request))
    return reply.type('application/problem+json').serializer(JSON.stringify).send(document);
  reply.header('content-security-policy', PAGE_SECURITY_POLICY).type('text/html; charset=utf-8');
  return reply.serializer(String).send(problemPage(document));
}

/** The 404 for an address that no route answers. */
export function noSuchAddress(request: FastifyRequest): Problem {
  return new Problem(404, 'no_such_address', `Nothing answers ${request.method} ${pathOf(request)}.`);
}

/** A request's path, without its query. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '/';
}

function inWords(errors: FieldProblem[]): string {
  const shown = errors.slice(0, 3).map(({ path, message }) => `${path} ${message}`);
  const rest = errors.length - shown.length;
  return `${shown.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`;
}

function toProblem(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Unavailable) return unavailable(error);
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string };
  if (code === 'FST_ERR_VALIDATION') return problem.invalid(fieldProblems(error, request));
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return unsupportedType(request);
  const known = code && refusals[code];
  if (known) return new Problem(...known);
  if (statusCode === 429) return tooManyOfRoute(message);
  // Fastify's own refusals speak of the request alone. What other parts throw may speak of our insides.
  if (code?.startsWith('FST_') && statusCode && statusCode >= 400 && statusCode < 500)
    return new Problem(statusCode, 'bad_request', message ?? '');
  return new Problem(500, 'internal', 'Something went wrong here. It has been logged.');
}

function unavailable({ message, seconds }: Unavailable): Problem {
  return new Problem(503, 'unavailable', `${message} Try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
  });
}

function unsupportedType(request: FastifyRequest): Problem {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().slice(0, 100);
  const sent = type ? `as ${JSON.stringify(type)}` : 'without a Content-Type';
  const wanted = isApi(request)
    ? 'Send it as JSON, with Content-Type: application/json.'
    : 'This address takes HTML forms (application/x-www-form-urlencoded).';
  return new Problem(415, 'unsupported_media_type', `The body came ${sent}. ${wanted}`);
}

const refusals: Record<string, [status: number, kind: string, detail: string]> = {
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'not_json', 'The body is not valid JSON.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'not_json', 'The body is empty, but Content-Type says JSON.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [400, 'bad_request', 'The body is not as long as Content-Length says.'],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'too_large', 'The body is larger than this address takes.'],
  FST_ERR_BAD_URL: [400, 'bad_request', 'The address is not validly encoded.'],
  FST_ERR_MAX_PARAM_LENGTH: [414, 'too_long', 'The address is too long.'],
};

// The plugin has set Retry-After and the limits' headers by itself.
function tooManyOfRoute(message = 'Too many requests.'): Problem {
  return new Problem(429, 'too_many', `${message}.`);
}

function toDocument(failure: Problem, request: FastifyRequest): ProblemDocument {
  return {
    type: `urn:sequitur:problem:${failure.kind}`,
    title: STATUS_CODES[failure.status] ?? 'Problem',
    status: failure.status,
    detail: failure.message,
    ...(failure.status >= 500 ? { instance: `urn:uuid:${request.id}` } : {}),
    ...(failure.errors ? { errors: failure.errors } : {}),
  };
}

function wantsPage(request: FastifyRequest): boolean {
  return !isApi(request) && (request.headers.accept ?? '').includes('text/html');
}

// By the address and not by the route: an unknown address below /api is the API's too.
function isApi(request: FastifyRequest): boolean {
  return pathOf(request).startsWith('/api');
}
