import type { App } from './server.ts';
import type { Stream } from './stream.ts';

/** Counts as they change. Ends with the server, so that browsers go to the next one. */
export function registerStream(app: App, stream: Stream): void {
  app.get('/api/stream', { schema: route }, (_request, reply) => {
    reply.hijack();
    stream.add(reply.raw);
  });
  app.addHook('preClose', async () => stream.close());
}

const route = {
  tags: ['Analytics'],
  summary: 'Counts as they change (server-sent events)',
  description:
    'Event `counts` brings `sequences`, `totals` and `as_of` as the summary has them, for the sequences that ' +
    'changed; `outbox` says that mail was captured. After a gap, read the summary again.',
};
