import type { Readable, Writable } from 'node:stream';
import type { NodemailerError } from 'nodemailer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import XOAuth2 from 'nodemailer/lib/xoauth2';
import { storableReply } from '../../lib/storable_reply.ts';
import {
  outcomeOf,
  type SendFailure,
  type SendOutcome,
  type SilentCause,
  type SmtpStage,
} from './outcome.ts';
import type { SmtpAuth, SmtpServer } from './smtp_url.ts';

/** All in milliseconds. */
export type SmtpTimeouts = {
  /** From the first packet to the end of the greeting or of STARTTLS. */
  connect: number;
  /** Of silence on an open connection. */
  silence: number;
  /** For one mail from MAIL to the last reply, however talkative the server is. */
  mail: number;
};

export type Envelope = { from: string; to: string };

/** What came of offering one mail to a session. */
export type Delivery = {
  outcome: SendOutcome;
  /** Whether the session can carry another mail; after a refusal that is known a little later than the outcome. */
  isReusable: Promise<boolean>;
  /** The connection was gone before the mail was handed over, so another connection can take it without risk. */
  isUntouched: boolean;
};

/** One signed-in SMTP connection; carries one mail at a time. */
export type SmtpSession = {
  /** Mails offered so far. */
  readonly offered: number;
  readonly isOpen: boolean;
  deliver(envelope: Envelope, message: Buffer): Promise<Delivery>;
  /** Says goodbye and closes. */
  quit(): void;
  /** Closes at once; a mail in flight ends as a lost connection. */
  abort(): void;
};

export type OpenResult = { ok: true; session: SmtpSession } | { ok: false; failure: SendFailure };

/** Connects, upgrades to TLS where the server offers it, and signs in. `onEnd` is called once, when it is closed. */
export async function openSession(
  server: SmtpServer,
  timeouts: SmtpTimeouts,
  onEnd: () => void,
): Promise<OpenResult> {
  const connection = new SMTPConnection(connectionOptions(server, timeouts));
  // An idle connection that breaks emits its error here and nowhere else; 'end' follows and is what counts.
  connection.on('error', () => undefined);
  const failure = (await connected(connection)) ?? (await signedIn(connection, server));
  if (failure) {
    connection.close();
    return { ok: false, failure };
  }
  connection.once('end', onEnd);
  return { ok: true, session: sessionOver(connection, timeouts) };
}

function connectionOptions(server: SmtpServer, timeouts: SmtpTimeouts) {
  return {
    host: server.host,
    port: server.port,
    secure: server.secure,
    requireTLS: server.requireTls,
    ignoreTLS: server.ignoreTls,
    ...(server.name === null ? {} : { name: server.name }),
    connectionTimeout: timeouts.connect,
    greetingTimeout: timeouts.connect,
    dnsTimeout: timeouts.connect,
    socketTimeout: timeouts.silence,
    socketCloseTimeout: 500,
    tls: {
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2' as const,
      ...(server.ca === null ? {} : { ca: server.ca }),
      ...(server.servername === null ? {} : { servername: server.servername }),
    },
  };
}

function connected(connection: SMTPConnection): Promise<SendFailure | undefined> {
  return completed(connection, 'connect', (done) => connection.connect(done));
}

/** A server that offers no sign-in (a relay within the network, a sink for tests) is used without, as nodemailer does. */
async function signedIn(connection: SMTPConnection, { auth }: SmtpServer): Promise<SendFailure | undefined> {
  if (!auth || !connection.allowsAuth) return undefined;
  return completed(connection, 'auth', (done) => connection.login(loginOf(auth), done));
}

function loginOf({ user, pass, method }: SmtpAuth) {
  if (method === 'XOAUTH2') return { user, method, oauth2: new XOAuth2({ user, accessToken: pass }) };
  return { user, pass, credentials: { user, pass }, ...(method === null ? {} : { method }) };
}

/** Runs one step of setting the connection up; resolves with what went wrong, or with undefined. */
function completed(
  connection: SMTPConnection,
  stage: SmtpStage,
  start: (done: (error?: NodemailerError | null) => void) => void,
): Promise<SendFailure | undefined> {
  const { promise, resolve } = Promise.withResolvers<SendFailure | undefined>();
  const fail = (error: NodemailerError) => resolve(failureOf(error, stage, false));
  const onEnd = () => fail(new Error('The server closed the connection'));
  connection.once('error', fail);
  connection.once('end', onEnd);
  start((error) => (error ? fail(error) : resolve(undefined)));
  return promise.finally(() => {
    connection.removeListener('error', fail);
    connection.removeListener('end', onEnd);
  });
}

function sessionOver(connection: SMTPConnection, timeouts: SmtpTimeouts): SmtpSession {
  let offered = 0;
  let isOpen = true;
  connection.once('end', () => {
    isOpen = false;
  });
  return {
    get offered() {
      return offered;
    },
    get isOpen() {
      return isOpen;
    },
    async deliver(envelope, message) {
      offered += 1;
      return deliveryOf(connection, await sent(connection, envelope, message, timeouts.mail));
    },
    quit: () => quit(connection),
    abort: () => connection.close(),
  };
}

function deliveryOf(connection: SMTPConnection, result: Sent): Delivery {
  if ('reply' in result) {
    const outcome = { kind: 'accepted', outcome: 'accepted', via: 'smtp', reply: result.reply } as const;
    return { outcome, isReusable: Promise.resolve(true), isUntouched: false };
  }
  const { failure } = result;
  const isRefusal = failure.reply !== undefined && !failure.reply.startsWith('421');
  if (!isRefusal) connection.close();
  return {
    outcome: outcomeOf(failure),
    isReusable: isRefusal ? reset(connection) : Promise.resolve(false),
    isUntouched: isLostBeforehand(failure),
  };
}

function isLostBeforehand({ handedOver, reply, cause }: SendFailure): boolean {
  if (handedOver) return false;
  return reply === undefined ? cause === 'closed' : reply.startsWith('421');
}

type Sent = { reply: string } | { failure: SendFailure };

function sent(
  connection: SMTPConnection,
  envelope: Envelope,
  message: Buffer,
  deadline: number,
): Promise<Sent> {
  let handedOver = false;
  // Asked for the message when the server has said that it may come: from then on nobody can tell how much of it has
  // arrived. That is all that is wanted of a stream here, and the only part of one that nodemailer needs.
  const source = {
    pipe(stream: Writable) {
      handedOver = true;
      stream.end(message);
      return stream;
    },
  };
  const { promise, resolve } = Promise.withResolvers<Sent>();
  const fail = (error: NodemailerError) =>
    resolve({ failure: failureOf(error, handedOver ? 'message' : 'mail', handedOver) });
  const timer = setTimeout(() => fail(tooSlow(deadline)), deadline);
  connection.once('end', onEnd);
  connection.send({ ...envelope, size: message.length }, source as unknown as Readable, (error, info) => {
    if (error) fail(error);
    else resolve({ reply: storableReply(info.response) });
  });
  // `close()` forgets the mail in flight without a word, so 'end' answers for it, after any error of its own.
  function onEnd() {
    setImmediate(() => fail(new Error('The connection was closed')));
  }
  return promise.finally(() => {
    clearTimeout(timer);
    connection.removeListener('end', onEnd);
  });
}

function tooSlow(deadline: number): NodemailerError {
  return Object.assign(new Error(`Not finished after ${deadline} ms`), { code: 'ETIMEDOUT' });
}

/** After a refusal the session starts over (RSET); where it cannot, it is closed. */
function reset(connection: SMTPConnection): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const onEnd = () => resolve(false);
  connection.once('end', onEnd);
  connection.reset((error) => {
    if (error) connection.close();
    resolve(!error);
  });
  return promise.finally(() => connection.removeListener('end', onEnd));
}

/** A server that does not answer QUIT must not keep the connection's place in the pool. */
function quit(connection: SMTPConnection): void {
  const timer = setTimeout(() => connection.close(), 2_000);
  timer.unref();
  connection.once('end', () => clearTimeout(timer));
  connection.quit();
}

function failureOf(error: NodemailerError, stage: SmtpStage, handedOver: boolean): SendFailure {
  const base = { stage: stageOf(error, stage), message: storableReply(error.message), handedOver };
  const { response, responseCode, code } = error;
  // A refused STARTTLS has a reply, whose code says less than that it was STARTTLS.
  const hasReply = response !== undefined && responseCode !== undefined && code !== 'ETLS';
  return hasReply ? { ...base, reply: storableReply(response) } : { ...base, cause: causeOf(error) };
}

function stageOf({ command, code }: NodemailerError, fallback: SmtpStage): SmtpStage {
  if (command === 'MAIL FROM') return 'mail';
  if (command === 'RCPT TO') return 'rcpt';
  if (command === 'DATA') return code === 'EMESSAGE' ? 'message' : 'data';
  return fallback;
}

const CAUSES: Record<string, SilentCause> = {
  ETIMEDOUT: 'timeout',
  ETLS: 'tls',
  EPROTOCOL: 'protocol',
  EAUTH: 'credentials',
  ENOAUTH: 'credentials',
  EMESSAGE: 'too_large', // without a reply: larger than the SIZE that the server announced
};

function causeOf({ code = '', originalCode = '', message }: NodemailerError): SilentCause {
  if (code === 'EENVELOPE') return /^Invalid sender/.test(message) ? 'invalid_sender' : 'invalid_recipient';
  // Certificates that are refused on `smtps:` come as errors of the socket, in Node's and OpenSSL's own codes.
  if (/CERT|_TLS_|_SSL_|SIGNATURE/.test(originalCode)) return 'tls';
  return CAUSES[code] ?? 'closed';
}
