import { z } from 'zod';
import type { App } from './server.ts';
import type { Stream } from './stream.ts';

/** What may come over the stream, by the event's name: what it says, and the form of its `data`. */
export type StreamEvents = Record<string, { description: string; data: z.ZodType }>;

/**
 * Changes as they happen, for as long as the session or key that opened it is good. Ends with the server, so that
 * browsers go to the next one.
 */
export function registerStream(app: App, stream: Stream, events: StreamEvents): void {
  app.get('/api/stream', { schema: routeOf(events) }, (request, reply) => {
    const cookies = reply.getHeader('set-cookie');
    reply.hijack();
    if (cookies !== undefined) reply.raw.setHeader('set-cookie', cookies);
    stream.add(reply.raw);
    const forget = app.credentialWatch.until(request, () => reply.raw.end());
    reply.raw.on('close', forget);
  });
  app.addHook('preClose', async () => stream.close());
}

function routeOf(events: StreamEvents) {
  const forms = Object.entries(events).map(([event, { data, description }]) =>
    z.object({ event: z.literal(event), data }).meta({ description }),
  );
  const names = Object.entries(events).map(([name, { description }]) => `- \`${name}\`: ${description}`);
  return {
    tags: ['Live changes'],
    summary: 'Changes as they happen (server-sent events)',
    description: `${about}\n\n${names.join('\n')}`,
    response: { 200: { description: 'OK', content: { 'text/event-stream': { schema: z.union(forms) } } } },
  };
}

const about = `A stream that stays open (\`text/event-stream\`): each event has a name, and JSON as its data, of the forms
below. Nothing is repeated after a gap: read the summary again whenever the stream opens. It ends within seconds when
the session is signed out or the key revoked.`;
