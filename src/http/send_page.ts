import type { FastifyReply } from 'fastify';
import { PAGE_SECURITY_POLICY } from '../lib/html_page.ts';

/** Answers with a complete HTML document of ours, under a policy that lets it load nothing from elsewhere. */
export function sendPage(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .header('content-security-policy', PAGE_SECURITY_POLICY)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(page);
}
