import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendJson } from '../http/send_json.ts';
import type { About, Answers } from './cache.ts';
import type { Today } from './today.ts';

export type AnswerDeps = { answers: Answers; today: () => Promise<Today> };

/**
 * Sends the answer to a question, from the cache where nothing that it counts has changed. It is known by the
 * calendar, the day and everything that was asked, so an answer about `7d` does not outlive its day.
 */
export async function sendAnswer(
  { answers, today }: AnswerDeps,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  about: About,
  compute: () => Promise<unknown>,
): Promise<FastifyReply> {
  const { calendar_id, day } = await today();
  const query = Object.entries(request.query as object).sort(([a], [b]) => (a < b ? -1 : 1));
  const question = [request.routeOptions.url, calendar_id, day, query];
  return sendJson(request, reply, await answers.answer(about, question, compute));
}
