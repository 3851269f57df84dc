import { expect, test } from 'vitest';
import { MailHealth, UNCLEAR_IN_ROW } from '../../src/delivery/mail_health.ts';
import { SMTP_DEFAULTS, smtpTransport } from '../../src/delivery/send/smtp_transport.ts';
import type { SmtpServer } from '../../src/delivery/send/smtp_url.ts';
import { aClock } from '../support/factories.ts';
import { mailOf, RENDER_DATA } from '../support/mail.ts';
import { type Refusal, SmtpSink } from '../support/smtp_sink.ts';

const OPTIONS = {
  ...SMTP_DEFAULTS,
  timeouts: { connect: 1_000, silence: 500, mail: 5_000 },
  closeGrace: 100,
  pause: 0,
};
const WAITING = 37;

/** The health of mail to `server`, with what it said and how often pages and the database were told of it. */
function watched(server: SmtpServer) {
  const clock = aClock();
  const said: string[] = [];
  const told = { changes: 0, firsts: 0 };
  const health = new MailHealth(smtpTransport(server, OPTIONS), {
    way: { server: 'mail.example.com:587', from: 'Shop <hello@example.com>' },
    now: clock.now,
    waiting: async () => WAITING,
    onFirstSent: async () => void told.firsts++,
    say: { warn: (line) => said.push(`warning: ${line}`), info: (line) => said.push(`info: ${line}`) },
    onTrouble: (error) => {
      throw error;
    },
  });
  health.onChange(() => void told.changes++);
  const send = (email = 'ada@example.com') =>
    health.transport.send(mailOf({}, { contact: { ...RENDER_DATA.contact, email } }));
  return {
    clock,
    said,
    told,
    health,
    send,
    [Symbol.asyncDispose]: async () => {
      await health.stop();
      await health.transport.close();
    },
  };
}

test('mail that stops getting out is one warning, said again only every few minutes, and one line at its end', async () => {
  let refusal: Refusal | undefined;
  await using sink = await SmtpSink.start({ onSender: () => refusal });
  await using way = watched(sink.server());
  const { health, said, clock, send, told } = way;
  await health.check();
  await send();
  expect({ said, trouble: health.trouble, told }).toEqual({
    said: [],
    trouble: null,
    told: { changes: 0, firsts: 1 },
  });

  refusal = { code: 550, words: '5.7.1 Not your address' };
  const since = clock.now();
  for (let n = 0; n < 5; n++) {
    await send();
    clock.advance({ seconds: 1 });
  }
  expect(said).toEqual([
    expect.stringMatching(
      /^warning: Mail is not getting out: mail\.example\.com:587 refuses the sender Shop <hello@example\.com> \(sender_rejected: 550 5\.7\.1 Not your address\)\. Set MAIL_FROM /,
    ),
  ]);
  const reply = '550 5.7.1 Not your address';
  expect(health.trouble).toEqual({ since, outcome: 'sender_rejected', reply });
  // The connection is fine, so only a mail can tell that the sender is.
  clock.advance({ seconds: 300 });
  await health.check();
  expect(said).toHaveLength(2);
  expect(said[1]).toMatch(/ 37 emails wait for the next try\.$/);

  refusal = undefined;
  await send();
  await send();
  await expect.poll(() => said).toHaveLength(3);
  expect(said[2]).toBe('info: Mail gets out again, after 5 minutes. 37 emails wait for the next try.');
  expect(health.trouble).toBeNull();
  expect(told).toEqual({ changes: 2, firsts: 1 });
}, 20_000);

test('a server that fails now and then is not in the log with every mail', async () => {
  let n = 0;
  await using sink = await SmtpSink.start({
    onSender: () => (n++ % 2 ? { code: 550, words: '5.7.1 Not today' } : undefined),
  });
  await using way = watched(sink.server());
  for (let i = 0; i < 20; i++) {
    await way.send();
    way.clock.advance({ seconds: 1 });
  }
  await expect.poll(() => way.said.length).toBe(2);
  expect(way.said.map((line) => line.split(':', 1)[0])).toEqual(['warning', 'info']);
}, 20_000);

test('what is wrong with one address is no trouble of the server, but the same failure again and again is', async () => {
  await using sink = await SmtpSink.start({
    onRecipient: (address) => {
      if (address.startsWith('gone')) return { code: 550, words: '5.1.1 No such user' };
      if (address.startsWith('later')) return { code: 450, words: '4.3.0 Busy' };
      return undefined;
    },
  });
  await using way = watched(sink.server());
  await way.send();
  for (let n = 0; n < 5; n++) await way.send('gone@example.com');
  for (let n = 1; n < UNCLEAR_IN_ROW; n++) await way.send('later@example.com');
  expect(way.health.trouble).toBeNull();
  await way.send('later@example.com');
  expect(way.health.trouble).toMatchObject({ outcome: 'deferred', reply: '450 4.3.0 Busy' });
  expect(way.said).toHaveLength(1);
}, 20_000);

test('the first check says that nobody listens, and a later one that somebody does again, without any mail', async () => {
  const gone = await SmtpSink.start();
  const server = gone.server();
  await gone[Symbol.asyncDispose]();
  await using way = watched(server);
  await way.health.check();
  expect(way.said).toEqual([
    expect.stringMatching(
      /587 cannot be reached: nobody listens there \(connection_failed: .*Check the host/,
    ),
  ]);
  way.clock.advance({ seconds: 300 });
  await using _back = await SmtpSink.start({ port: server.port });
  await way.health.check();
  await expect.poll(() => way.said.length).toBe(2);
  expect(way.health.trouble).toBeNull();
  expect(way.told.changes).toBe(2);
}, 20_000);

test('the first check says that the password is wrong, without saying it', async () => {
  await using sink = await SmtpSink.start({
    options: {
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(new Error('5.7.8 Wrong user or password')),
    },
  });
  await using way = watched({ ...sink.server(), auth: { user: 'shop', pass: 'hush', method: null } });
  await way.health.check();
  expect(way.said).toHaveLength(1);
  expect(way.said[0]).toContain('587 refuses the user name or password (authentication_failed: ');
  expect(way.said[0]).toContain('Wrong user or password');
  expect(way.said[0]).not.toContain('hush');
}, 20_000);

test('the first check says that TLS is refused', async () => {
  await using sink = await SmtpSink.start();
  await using way = watched(sink.server('?requireTLS=true'));
  await way.health.check();
  expect(way.said).toEqual([
    expect.stringContaining('587 offers no TLS that could be trusted (tls_failed: '),
  ]);
}, 20_000);

test('mail that breaks off because sending stops is no trouble', async () => {
  await using sink = await SmtpSink.start();
  const way = watched(sink.server());
  await way.health.stop();
  await way.health.transport.close();
  expect(await way.send()).toMatchObject({ outcome: 'connection_failed' });
  expect(way.health.trouble).toBeNull();
});

test('a spell of good health begins with the first sign of it, and after trouble that lasted, not after a moment of it', async () => {
  let refusal: Refusal | undefined = { code: 550, words: '5.7.1 Not your address' };
  await using sink = await SmtpSink.start({ onSender: () => refusal });
  await using way = watched(sink.server());
  const { health, send, clock } = way;
  expect(health.spell).toBeNull();
  await health.check();
  expect(health.spell).toBe(1);
  await send();
  expect(health.spell).toBeNull();
  clock.advance({ seconds: 60 });
  refusal = undefined;
  await send();
  expect(health.spell).toBe(1);
  refusal = { code: 550, words: '5.7.1 Not your address' };
  await send();
  clock.advance({ seconds: 300 });
  refusal = undefined;
  await send();
  expect(health.spell).toBe(2);
});
