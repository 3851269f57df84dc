import type { ServerResponse } from 'node:http';

/** Browsers that want to hear of changes. */
export type Stream = {
  /** Sends what is announced to this response until it closes. */
  add(response: ServerResponse): void;
  /** How many are listening. */
  size(): number;
  send(event: string, data: unknown): void;
  /** Ends all of them: their browsers connect again, to a server that is up. */
  close(): void;
};

const HEARTBEAT_MS = 15_000;
// Somebody who does not read for this long would fill our memory with what they do not read.
const UNREAD_BYTES = 1_000_000;

/** Server-sent events to many responses (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export function openStream(): Stream {
  const responses = new Set<ServerResponse>();
  const write = (text: string) => {
    for (const response of responses) {
      if (response.writableLength > UNREAD_BYTES) response.destroy();
      else response.write(text);
    }
  };
  const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS);
  heartbeat.unref();

  return {
    add(response) {
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        // When it ends, so does its connection: kept for other requests, it would keep the server from closing.
        connection: 'close',
        'x-accel-buffering': 'no',
      });
      response.write('retry: 1000\n\n');
      responses.add(response);
      response.on('close', () => responses.delete(response));
    },
    size: () => responses.size,
    send: (event, data) => write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`),
    close() {
      clearInterval(heartbeat);
      for (const response of responses) response.end();
    },
  };
}
