import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { between, type Chance } from '../../src/lib/random.ts';

/** One email that the server took. `key` says which: the recipient and the subject. */
export type Copy = {
  key: string;
  messageId: string;
  /** Who handed it over, by the name given with EHLO. */
  worker: string;
  /** `performance.now()` when it was taken. */
  at: number;
  /** Whether its sender was left without the answer, since the server broke off. */
  isAnswerLost: boolean;
};

/** Where in a session something goes wrong, and what the server then does: answers so, or nothing, or breaks off. */
export type Mood =
  | { at: 'connect' | 'mail'; does: 421 | 'silence' | 'reset' }
  | { at: 'recipient'; does: 450 | 550 | 'silence' | 'reset' }
  | { at: 'data'; does: 'reset' }
  | { at: 'message'; does: 421 | 450 | 550 | Silent }
  /** It takes the message, and its answer never comes. */
  | { at: 'taken'; does: Silent };
type Silent = 'silence' | 'reset';

const SLOWEST_ANSWER_MS = 30;

/** A mail server that notes all it takes and refuses for good, and misbehaves as it is told. Close it with `await using`. */
export class MailServer implements AsyncDisposable {
  readonly copies: Copy[] = [];
  /** What was refused for good: keys of emails, and addresses. */
  readonly refused = new Set<string>();
  readonly #server: SMTPServer;
  readonly #chance: Chance;
  readonly #silenced = new Set<SMTPServerSession>();
  #mood: (Mood & { share: number }) | undefined;

  static async start(chance: Chance): Promise<MailServer> {
    const mailServer = new MailServer(chance);
    mailServer.#server.listen(0, '127.0.0.1');
    await once(mailServer.#server.server, 'listening');
    return mailServer;
  }

  private constructor(chance: Chance) {
    this.#chance = chance;
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 10,
      onConnect: (session, done) => this.#pass('connect', session, done),
      onMailFrom: (_address, session, done) => this.#pass('mail', session, done),
      onRcptTo: ({ address }, session, done) => this.#pass('recipient', session, done, address),
      onData: (stream, session, done) => void this.#take(stream, session, done),
    });
    this.#server.on('error', () => {}); // connections are broken all the time here
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port;
  }

  /** From now on does this to a `share` (0 to 1) of all that come to that point. */
  misbehave(mood: Mood, share: number): void {
    this.#mood = { ...mood, share };
  }

  /** Behaves again, and gives up the connections on which it has fallen silent. */
  recover(): void {
    this.#mood = undefined;
    for (const session of this.#silenced) this.#reset(session);
    this.#silenced.clear();
  }

  #pass(at: Mood['at'], session: SMTPServerSession, done: Done, refused?: string): void {
    const does = this.#moodAt(at);
    if (does === 550 && refused) this.refused.add(refused);
    this.#do(does, session, done);
  }

  async #take(stream: SMTPServerDataStream, session: SMTPServerSession, done: Done): Promise<void> {
    if (this.#moodAt('data')) return this.#reset(session);
    const text = await textOf(stream);
    if (text === undefined) return;
    const refusal = this.#moodAt('message');
    const key = keyOf(session, text);
    if (refusal === 550) {
      this.refused.add(key);
      return done(Object.assign(new Error(CONTENT_REFUSED), { responseCode: refusal }));
    }
    if (refusal) return this.#do(refusal, session, done);
    await wait(between(this.#chance, 0, SLOWEST_ANSWER_MS));
    const lost = this.#moodAt('taken');
    const worker = session.hostNameAppearsAs || '';
    const messageId = headerOf(text, 'Message-ID');
    this.copies.push({ key, messageId, worker, at: performance.now(), isAnswerLost: lost !== undefined });
    this.#do(lost, session, done);
  }

  #moodAt(at: Mood['at']): Mood['does'] | undefined {
    if (this.#mood?.at !== at || this.#chance() >= this.#mood.share) return undefined;
    return this.#mood.does;
  }

  #do(what: Mood['does'] | undefined, session: SMTPServerSession, done: Done): void {
    if (what === 'reset') return this.#reset(session);
    if (what === 'silence') return void this.#silenced.add(session);
    done(what ? Object.assign(new Error(WORDS[what]), { responseCode: what }) : null);
  }

  /** Breaks its connection with an RST, as a crashed server would. */
  #reset(session: SMTPServerSession): void {
    for (const connection of this.#server.connections) {
      const socket = connection._socket;
      if (connection.session === session && 'resetAndDestroy' in socket) socket.resetAndDestroy();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const { session } of this.#server.connections) this.#reset(session);
    await closed;
  }
}

type Done = (error?: Error | null) => void;

const WORDS = {
  421: 'Service not available',
  450: 'Try again later',
  550: 'No such user here',
} as const;
// Or it would be the address that is refused, wherever it says so.
const CONTENT_REFUSED = 'This content is not taken here';

/** The whole message; undefined where the connection broke in the midst of it. */
async function textOf(stream: SMTPServerDataStream): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  stream.once('end', () => resolve(Buffer.concat(chunks).toString()));
  stream.once('error', () => resolve(undefined));
  return promise;
}

function keyOf({ envelope }: SMTPServerSession, text: string): string {
  return `${envelope.rcptTo[0]?.address} ${headerOf(text, 'Subject')}`;
}

function headerOf(text: string, name: string): string {
  return new RegExp(`^${name}: (.*)\\r$`, 'im').exec(text)?.[1] ?? '';
}
