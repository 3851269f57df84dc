import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { parseSmtpUrl, type SmtpServer } from '../../src/delivery/send/smtp_url.ts';

/** What an SMTP server answers with, as `smtp-server` takes it: a code and the words after it. */
export type Refusal = { code: number; words: string };

export type SinkBehaviour = {
  onConnect?: () => Refusal | undefined;
  onSender?: (address: string) => Refusal | undefined;
  onRecipient?: (address: string) => Refusal | undefined;
  /** After the final dot; `silence` never answers, `reset` breaks the connection instead of answering. */
  onMessage?: () => Refusal | 'silence' | 'reset' | undefined;
  /** Breaks the connection when DATA begins, in the middle of the message. */
  resetInData?: () => boolean;
  options?: SMTPServerOptions;
  /** A free one, unless it is named. */
  port?: number;
};

export type SinkMail = { from: string; to: string[]; raw: Buffer };

/** A real SMTP server on a free port of the loopback, which keeps what it accepts. Close it with `await using`. */
export class SmtpSink implements AsyncDisposable {
  readonly mails: SinkMail[] = [];
  connectionsSeen = 0;
  readonly #server: SMTPServer;

  static async start(behaviour: SinkBehaviour = {}): Promise<SmtpSink> {
    const sink = new SmtpSink(behaviour);
    sink.#server.listen(behaviour.port ?? 0, '127.0.0.1');
    await once(sink.#server.server, 'listening');
    return sink;
  }

  private constructor(behaviour: SinkBehaviour) {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 10,
      onConnect: (_session, done) => {
        this.connectionsSeen += 1;
        done(errorOf(behaviour.onConnect?.()));
      },
      onMailFrom: (address, _session, done) => done(errorOf(behaviour.onSender?.(address.address))),
      onRcptTo: (address, _session, done) => done(errorOf(behaviour.onRecipient?.(address.address))),
      onData: (stream, session, done) => {
        if (behaviour.resetInData?.()) return this.dropConnections();
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const answer = behaviour.onMessage?.();
          if (answer === 'silence') return;
          if (answer === 'reset') return this.dropConnections();
          if (answer) return done(errorOf(answer));
          const { mailFrom, rcptTo } = session.envelope;
          this.mails.push({
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo.map((recipient) => recipient.address),
            raw: Buffer.concat(chunks),
          });
          done(null, 'queued as 4711');
        });
      },
      ...behaviour.options,
    });
    this.#server.on('error', () => undefined); // resets are part of these tests
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  /** The server for a transport, with what follows the host and port in its URL, and what comes before. */
  server(parameters = '', before = 'smtp'): SmtpServer {
    const start = before.includes('://') ? before : `${before}://`;
    const parsed = parseSmtpUrl(`${start}127.0.0.1:${this.port}${parameters}`);
    if (!parsed.ok) throw new Error(parsed.problem);
    return parsed.server;
  }

  /** Breaks every open connection (RST), as a crashed server would. */
  dropConnections(): void {
    for (const connection of this.#server.connections) {
      const socket = connection._socket;
      // What is encrypted cannot be reset.
      if (socket instanceof TLSSocket || !('resetAndDestroy' in socket)) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.dropConnections();
    await closed;
  }
}

function errorOf(refusal: Refusal | undefined): Error | null {
  return refusal ? Object.assign(new Error(refusal.words), { responseCode: refusal.code }) : null;
}
