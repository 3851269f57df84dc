import { createServer } from 'node:net';
import { simpleParser } from 'mailparser';
import { expect, test } from 'vitest';
import {
  SMTP_DEFAULTS,
  type SmtpTransportOptions,
  smtpTransport,
} from '../../src/delivery/send/smtp_transport.ts';
import { parseSmtpUrl, type SmtpServer } from '../../src/delivery/send/smtp_url.ts';
import type { Transport } from '../../src/delivery/send/transport.ts';
import { mailOf, RENDER_DATA } from '../support/mail.ts';
import { type Refusal, type SinkBehaviour, SmtpSink } from '../support/smtp_sink.ts';

const QUICK: SmtpTransportOptions = {
  ...SMTP_DEFAULTS,
  timeouts: { connect: 1_000, silence: 300, mail: 5_000 },
  closeGrace: 100,
};

test('a mail arrives as it was composed, with names, long lines, leading dots and headers intact', async () => {
  await using sink = await SmtpSink.start();
  const long = 'х'.repeat(3_000);
  const mail = mailOf(
    {
      subject: 'Привет, {{ contact.first_name }} 🎉',
      html: `<html><body><p>${long}</p>\n.\n..two dots\n.leading</body></html>`,
      text: `.\n..two dots\n.leading\n${long}`,
    },
    {
      from: { name: 'Магазин «Север»', address: 'привет@example.com' },
      contact: { ...RENDER_DATA.contact, name: 'Ада Лавлейс 🚀' },
    },
  );

  const outcome = await sendOnce(sink.server(), mail);

  expect(outcome).toMatchObject({ kind: 'accepted', outcome: 'accepted', via: 'smtp' });
  expect(outcome.reply).toContain('queued as 4711');
  expect(sink.mails[0]).toMatchObject({ from: 'привет@example.com', to: ['ada@example.com'] });
  const parsed = await simpleParser(sink.mails[0]?.raw ?? '');
  expect(parsed.subject).toBe('Привет, Ада 🎉');
  expect(parsed.from?.value).toEqual([{ name: 'Магазин «Север»', address: 'привет@example.com' }]);
  expect([parsed.to].flat()[0]?.value).toEqual([{ name: 'Ада Лавлейс 🚀', address: 'ada@example.com' }]);
  expect(parsed.messageId).toBe(mail.messageId);
  expect(parsed.date).toEqual(RENDER_DATA.now);
  expect(parsed.html).toContain(`<p>${long}</p>\n.\n..two dots\n.leading`);
  expect(parsed.text?.startsWith(`.\n..two dots\n.leading\n${long}`)).toBe(true);
  expect(parsed.headers.get('list')).toMatchObject({ unsubscribe: { url: RENDER_DATA.unsubscribeUrl } });
  expect(sink.mails[0]?.raw.toString()).toContain(
    '\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n',
  );
});

test('no line of a mail is longer than SMTP allows', async () => {
  await using sink = await SmtpSink.start();
  await sendOnce(
    sink.server(),
    mailOf(
      { subject: 'x'.repeat(3_000), text: 'y'.repeat(3_000) },
      { contact: { ...RENDER_DATA.contact, name: 'z'.repeat(3_000) } },
    ),
  );
  const lines = sink.mails[0]?.raw.toString('latin1').split('\r\n') ?? [];
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(998);
});

test('nothing in a name, subject or address begins a header or a second recipient', async () => {
  await using sink = await SmtpSink.start();
  const inject = '\r\nBcc: evil@example.com\r\n\r\n<b>body</b>\u2028X-Evil: 1';
  const mail = mailOf(
    { subject: 'Hi {{ context.code }} {{ contact.name }}' },
    { contact: { ...RENDER_DATA.contact, name: `Ada${inject}` }, context: { code: inject } },
  );
  await sendOnce(sink.server(), mail);
  const parsed = await simpleParser(sink.mails[0]?.raw ?? '');
  expect(parsed.bcc).toBeUndefined();
  expect(parsed.headers.has('x-evil')).toBe(false);
  expect(sink.mails[0]?.to).toEqual(['ada@example.com']);
  expect(parsed.subject).toContain('Bcc: evil@example.com');

  const address = 'ada@example.com>\r\nRCPT TO:<evil@example.com';
  const refused = await sendOnce(
    sink.server(),
    mailOf({}, { contact: { ...RENDER_DATA.contact, email: address } }),
  );
  expect(refused).toMatchObject({ kind: 'permanent', outcome: 'address_invalid', isHardBounce: true });
  expect(sink.mails).toHaveLength(1);
});

const refusals: Array<[keyof SinkBehaviour & `on${string}`, Refusal, string, string]> = [
  ['onConnect', { code: 554, words: 'No SMTP service here' }, 'temporary', 'connection_failed'],
  ['onConnect', { code: 421, words: '4.7.0 Too many connections' }, 'temporary', 'rate_limited'],
  ['onSender', { code: 421, words: '4.3.2 Shutting down' }, 'temporary', 'deferred'],
  ['onSender', { code: 550, words: 'Sender not allowed' }, 'temporary', 'sender_rejected'],
  ['onSender', { code: 530, words: '5.7.0 Authentication required' }, 'temporary', 'authentication_failed'],
  ['onRecipient', { code: 450, words: '4.7.1 Greylisted, try again' }, 'temporary', 'greylisted'],
  ['onRecipient', { code: 452, words: '4.2.2 Over quota' }, 'temporary', 'mailbox_full'],
  ['onRecipient', { code: 550, words: '5.1.1 No such user' }, 'permanent', 'mailbox_unknown'],
  ['onRecipient', { code: 552, words: 'Mailbox full' }, 'temporary', 'mailbox_full'],
  ['onRecipient', { code: 554, words: '5.7.1 Relay access denied' }, 'temporary', 'relay_denied'],
  ['onMessage', { code: 421, words: '4.3.2 Try again later' }, 'temporary', 'deferred'],
  ['onMessage', { code: 450, words: '4.3.0 Busy' }, 'temporary', 'deferred'],
  ['onMessage', { code: 552, words: '5.3.4 Message too big' }, 'permanent', 'message_too_large'],
  ['onMessage', { code: 554, words: '5.7.1 Looks like spam' }, 'permanent', 'content_rejected'],
];

test.each(refusals)('%s answered with %o is %s: %s', async (moment, refusal, kind, name) => {
  await using sink = await SmtpSink.start({ [moment]: () => refusal });
  const outcome = await sendOnce(sink.server(), mailOf());
  expect(outcome).toMatchObject({ kind, outcome: name });
  expect(outcome.reply).toContain(refusal.words);
  expect(sink.mails).toHaveLength(0);
});

test('a connection carries on after a refusal, and is replaced after its number of mails', async () => {
  await using sink = await SmtpSink.start({
    onRecipient: (address) =>
      address.startsWith('gone') ? { code: 550, words: '5.1.1 Unknown' } : undefined,
  });
  await using transport = disposable(smtpTransport(sink.server('?maxConnections=1&maxMessages=3'), QUICK));
  const gone = mailOf({}, { contact: { ...RENDER_DATA.contact, email: 'gone@example.com' } });
  const outcomes = [];
  for (const mail of [mailOf(), gone, mailOf(), mailOf()])
    outcomes.push((await transport.send(mail)).outcome);
  expect(outcomes).toEqual(['accepted', 'mailbox_unknown', 'accepted', 'accepted']);
  expect(sink.connectionsSeen).toBe(2);
});

test('many mails at once share the connections that are allowed', async () => {
  await using sink = await SmtpSink.start();
  await using transport = disposable(smtpTransport(sink.server('?maxConnections=3'), QUICK));
  const outcomes = await Promise.all(Array.from({ length: 60 }, () => transport.send(mailOf())));
  expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
  expect(sink.mails).toHaveLength(60);
  expect(sink.connectionsSeen).toBe(3);
});

test('a server that wants fewer connections gets fewer, and every mail still goes out', async () => {
  let open = 0;
  await using sink = await SmtpSink.start({
    onConnect: () => (++open > 2 ? { code: 421, words: '4.7.0 Too many connections' } : undefined),
  });
  await using transport = disposable(smtpTransport(sink.server('?maxConnections=5'), QUICK));
  const outcomes = await Promise.all(Array.from({ length: 30 }, () => transport.send(mailOf())));
  expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
});

test('a mail whose kept connection has died in the meantime goes out over a new one', async () => {
  await using sink = await SmtpSink.start();
  await using transport = disposable(smtpTransport(sink.server('?maxConnections=1'), QUICK));
  await transport.send(mailOf());
  sink.dropConnections();
  expect(await transport.send(mailOf())).toMatchObject({ outcome: 'accepted' });
  expect(sink.mails).toHaveLength(2);
});

test('a connection lost in the middle of the message is a failed connection: nothing was sent', async () => {
  await using sink = await SmtpSink.start({ resetInData: () => true });
  const outcome = await sendOnce(sink.server(), mailOf({ text: 'x'.repeat(400_000) }));
  expect(outcome).toMatchObject({ kind: 'temporary', outcome: 'connection_failed' });
});

test('a connection lost after the final dot is named for what it is: nobody knows', async () => {
  await using sink = await SmtpSink.start({ onMessage: () => 'reset' });
  const outcome = await sendOnce(sink.server(), mailOf());
  expect(outcome).toMatchObject({ kind: 'temporary', outcome: 'unknown_after_data' });
});

test('a server that never answers the final dot is unknown as well, once the silence is too long', async () => {
  await using sink = await SmtpSink.start({ onMessage: () => 'silence' });
  const outcome = await sendOnce(sink.server(), mailOf());
  expect(outcome).toMatchObject({ kind: 'temporary', outcome: 'unknown_after_data' });
});

test('a server that is silent before the message, or is not there, is temporary', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const { port } = silent.address() as { port: number };
  expect(await sendOnce(serverAt(port), mailOf())).toMatchObject({ kind: 'temporary', outcome: 'timeout' });
  await new Promise((resolve) => silent.close(resolve));

  const down = await sendOnce(serverAt(port), mailOf());
  expect(down).toMatchObject({ kind: 'temporary', outcome: 'connection_failed' });
});

test('a server that drips its reply without end is given up at the deadline', async () => {
  const dripping = createServer((socket) => {
    socket.write('220 hello\r\n');
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      if (String(data).startsWith('EHLO')) return socket.write('250 ok\r\n');
      const timer = setInterval(() => socket.write('250-still thinking\r\n'), 50);
      socket.on('close', () => clearInterval(timer));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => dripping.once('listening', resolve));
  const { port } = dripping.address() as { port: number };
  const options = { ...QUICK, timeouts: { ...QUICK.timeouts, mail: 400 } };
  const transport = smtpTransport(serverAt(port), options);
  expect(await transport.send(mailOf())).toMatchObject({ kind: 'temporary', outcome: 'timeout' });
  await transport.close();
  await new Promise((resolve) => dripping.close(resolve));
});

test('a certificate that nobody vouches for is refused, with STARTTLS and with TLS alike', async () => {
  await using starttls = await SmtpSink.start({ options: { disabledCommands: [], logger: false } });
  expect(await sendOnce(starttls.server(), mailOf())).toMatchObject({
    kind: 'temporary',
    outcome: 'tls_failed',
  });
  await using tls = await SmtpSink.start({ options: { secure: true, logger: false } });
  expect(await sendOnce(tls.server('', 'smtps'), mailOf())).toMatchObject({ outcome: 'tls_failed' });
});

test('requireTLS gives up where the server offers no TLS, and ignoreTLS goes without', async () => {
  await using plain = await SmtpSink.start();
  expect(await sendOnce(plain.server('?requireTLS=true'), mailOf())).toMatchObject({
    kind: 'temporary',
    outcome: 'tls_failed',
  });
  await using offering = await SmtpSink.start({ options: { disabledCommands: [], logger: false } });
  expect(await sendOnce(offering.server('?ignoreTLS=true'), mailOf())).toMatchObject({ outcome: 'accepted' });
});

test('wrong credentials hold the mail instead of failing it, and verify says why', async () => {
  await using sink = await SmtpSink.start({
    options: {
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        username === 'sequitur' && password === 'p@ss:word'
          ? done(null, { user: username })
          : done(new Error('5.7.8 Wrong user or password')),
    },
  });
  const right = { ...sink.server(), auth: { user: 'sequitur', pass: 'p@ss:word', method: null } };
  const wrong = { ...right, auth: { user: 'sequitur', pass: 'guess', method: null } };
  expect(await sendOnce(right, mailOf())).toMatchObject({ outcome: 'accepted' });
  expect(await sendOnce(wrong, mailOf())).toMatchObject({
    kind: 'temporary',
    outcome: 'authentication_failed',
  });
  expect(await sendOnce(sink.server(), mailOf())).toMatchObject({ outcome: 'authentication_failed' });

  await using transport = disposable(smtpTransport(wrong, QUICK));
  expect(await transport.verify()).toMatchObject({
    ok: false,
    problem: { outcome: 'authentication_failed', reply: expect.stringContaining('Wrong user or password') },
  });
  await using good = disposable(smtpTransport(right, QUICK));
  expect(await good.verify()).toEqual({ ok: true });
});

test('a mail larger than the server announced is refused before it is sent', async () => {
  await using sink = await SmtpSink.start({ options: { size: 2_000 } });
  const outcome = await sendOnce(sink.server(), mailOf({ text: 'x'.repeat(5_000) }));
  expect(outcome).toMatchObject({ kind: 'permanent', outcome: 'message_too_large' });
});

test('closing ends a mail that hangs as soon as the grace is over, and refuses new ones', async () => {
  const received = Promise.withResolvers<void>();
  await using sink = await SmtpSink.start({
    onMessage: () => {
      received.resolve();
      return 'silence';
    },
  });
  const patient = { ...QUICK, timeouts: { ...QUICK.timeouts, silence: 60_000 } };
  const transport = smtpTransport(sink.server(), patient);
  const hanging = transport.send(mailOf());
  await received.promise;
  const started = performance.now();
  await transport.close();
  expect(performance.now() - started).toBeLessThan(1_500);
  expect(await hanging).toMatchObject({ outcome: 'unknown_after_data' });
  expect(await transport.send(mailOf())).toMatchObject({ kind: 'temporary', outcome: 'connection_failed' });
});

async function sendOnce(server: SmtpServer, mail: ReturnType<typeof mailOf>) {
  await using transport = disposable(smtpTransport(server, QUICK));
  return await transport.send(mail);
}

function disposable(transport: Transport): Transport & AsyncDisposable {
  return { ...transport, [Symbol.asyncDispose]: () => transport.close() };
}

function serverAt(port: number): SmtpServer {
  const parsed = parseSmtpUrl(`smtp://127.0.0.1:${port}`);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.server;
}

test('closing lets a mail in flight finish', async () => {
  const received = Promise.withResolvers<void>();
  await using sink = await SmtpSink.start({ onMessage: () => void received.resolve() });
  const transport = smtpTransport(sink.server(), QUICK);
  const inFlight = transport.send(mailOf());
  await received.promise;
  await transport.close();
  expect(await inFlight).toMatchObject({ outcome: 'accepted' });
});
