import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Answers with JSON that is ready to be sent. Browsers keep it but ask each time whether it is still true; where
 * `etag` is the one they name, they are told so in a 304 without a body.
 */
export function sendJson(
  request: FastifyRequest,
  reply: FastifyReply,
  { json, etag }: { json: string; etag: string | null },
): FastifyReply {
  reply.header('cache-control', 'private, no-cache');
  if (etag) reply.header('etag', etag);
  if (etag && names(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.type('application/json; charset=utf-8').serializer(asItIs).send(json);
}

// Weakly compared, as If-None-Match is (RFC 9110, 13.1.2).
function names(header: string | undefined, etag: string): boolean {
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return header?.split(',').some((tag) => tag.trim() === '*' || opaque(tag) === opaque(etag)) ?? false;
}

function asItIs(json: unknown): string {
  return json as string;
}
