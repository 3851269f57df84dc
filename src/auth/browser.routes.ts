import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problem } from '../http/errors.ts';
import type { Browser } from './sessions.ts';

/** An administrator as answers show them. */
export const userSchema = z
  .object({ id: z.uuid(), name: z.string(), email: z.string() })
  .meta({ id: 'User' });

/** What signing in and out needs of a request. */
export function browserOf({ headers, ip }: FastifyRequest): Browser {
  return { headers, address: ip };
}

export function setCookies(reply: FastifyReply, { setCookies }: { setCookies: string[] }): void {
  if (setCookies.length > 0) reply.header('set-cookie', setCookies);
}

/** Counts an attempt against a limit made by `app.createRateLimit`; a 429 once there were too many. */
export async function countAttempt(request: FastifyRequest, limit: AttemptLimit): Promise<void> {
  const attempt = await limit(request);
  if (!attempt.isAllowed && attempt.isExceeded)
    throw problem.tooMany(attempt.ttlInSeconds, 'Too many attempts.');
}

export type AttemptLimit = (
  request: FastifyRequest,
) => Promise<{ isAllowed: true } | { isAllowed: false; isExceeded: boolean; ttlInSeconds: number }>;
