import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { dkimSigner } from '../../src/delivery/send/dkim.ts';
import { SMTP_DEFAULTS, smtpTransport } from '../../src/delivery/send/smtp_transport.ts';
import { verifyDkim } from '../support/dkim.ts';
import { mailOf, RENDER_DATA } from '../support/mail.ts';
import { SmtpSink } from '../support/smtp_sink.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const PEM = pemOf(privateKey);
const SIGNING = { DKIM_DOMAIN: 'example.com', DKIM_SELECTOR: 'mail', DKIM_PRIVATE_KEY: PEM };

test('a signed mail holds as it arrives, and no longer when a header or the body is changed', async () => {
  await using sink = await SmtpSink.start();
  const sign = dkimSigner({ domain: 'example.com', selector: 'mail', privateKey });
  const transport = smtpTransport(sink.server(), { ...SMTP_DEFAULTS, sign });
  const contact = { ...RENDER_DATA.contact, name: 'Ада  Лавлейс 🚀' };
  const text = `.\n..\n  spaces   inside \t and behind  \n${'х'.repeat(3_000)}\n\n\n`;
  const mail = mailOf({ subject: `Привет 🎉 ${'слово '.repeat(90)}`, text }, { contact });
  expect(await transport.send(mail)).toMatchObject({ outcome: 'accepted' });
  await transport.close();
  const raw = sink.mails[0]?.raw ?? Buffer.alloc(0);
  const verdict = verifyDkim(raw, publicKey);
  expect(verdict).toMatchObject({
    bodyHolds: true,
    headersHold: true,
    tags: { v: '1', a: 'rsa-sha256', c: 'relaxed/relaxed', d: 'example.com', s: 'mail' },
  });
  expect(verdict?.tags.h?.split(':').sort()).toEqual([
    'content-type',
    'date',
    'from',
    'list-unsubscribe',
    'list-unsubscribe-post',
    'message-id',
    'mime-version',
    'subject',
    'to',
  ]);
  const changed = (from: string, to: string) =>
    Buffer.from(raw.toString('latin1').replace(from, to), 'latin1');
  expect(verifyDkim(changed('One-Click', 'Two-Click'), publicKey)).toMatchObject({ headersHold: false });
  expect(verifyDkim(changed('spaces', 'places'), publicKey)).toMatchObject({ bodyHolds: false });
});

test('a mail is sent as it was composed where no key is set', async () => {
  await using sink = await SmtpSink.start();
  const transport = smtpTransport(sink.server());
  await transport.send(mailOf());
  await transport.close();
  expect(verifyDkim(sink.mails[0]?.raw ?? Buffer.alloc(0), publicKey)).toBeUndefined();
});

test('the key is read from the environment, with line breaks as they come, or from a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dkim-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'key.pem'), PEM);
  const { DKIM_PRIVATE_KEY: _, ...rest } = SIGNING;
  for (const env of [
    SIGNING,
    { ...SIGNING, DKIM_PRIVATE_KEY: PEM.trim().replaceAll('\n', '\\n') },
    { ...rest, DKIM_PRIVATE_KEY_FILE: 'key.pem' },
  ]) {
    const read = readConfig({ ...env, MAIL_FROM: 'hello@mail.example.com', TIME_ZONE: 'UTC' }, folder);
    if (!read.ok) throw new Error(read.problems.join());
    expect(read.config).toMatchObject({ dkim: { domain: 'example.com', selector: 'mail' }, warnings: [] });
    expect(read.config.dkim?.privateKey.equals(privateKey)).toBe(true);
  }
  expect(readConfig({ DKIM_DOMAIN: ' ', TIME_ZONE: 'UTC' }, folder)).toMatchObject({
    config: { dkim: null },
  });
});

test.each([
  [{ DKIM_DOMAIN: undefined }, 'DKIM_SELECTOR and DKIM_PRIVATE_KEY need DKIM_DOMAIN beside it'],
  [{ DKIM_PRIVATE_KEY: '' }, 'need DKIM_PRIVATE_KEY or DKIM_PRIVATE_KEY_FILE beside it'],
  [{ DKIM_PRIVATE_KEY_FILE: 'key.pem' }, 'set one of them'],
  [{ DKIM_DOMAIN: 'my shop' }, 'DKIM_DOMAIN must be a domain'],
  [{ DKIM_SELECTOR: 'mail; d=example.org' }, 'DKIM_SELECTOR must be what stands before'],
  [{ DKIM_PRIVATE_KEY: 'hush' }, 'DKIM_PRIVATE_KEY must be a private key in PEM'],
  [
    { DKIM_PRIVATE_KEY: undefined, DKIM_PRIVATE_KEY_FILE: 'no/such.pem' },
    'DKIM_PRIVATE_KEY_FILE cannot be read',
  ],
  [{ DKIM_PRIVATE_KEY: pemOf(generateKeyPairSync('ed25519').privateKey) }, 'must be an RSA key, not ed25519'],
  [{ DKIM_PRIVATE_KEY: pemOf(generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey) }, '1024 bits'],
])('%o beside the others is refused: %s', (wrong, problem) => {
  const read = readConfig({ ...SIGNING, ...wrong }, '/nowhere');
  const problems = read.ok ? [] : read.problems;
  expect(problems).toContainEqual(expect.stringContaining(problem));
  expect(problems.join()).not.toMatch(/hush|BEGIN RSA/);
});

test('a signature for a domain that is not the sender’s is warned of', () => {
  const read = readConfig({ ...SIGNING, MAIL_FROM: 'hello@notexample.com', TIME_ZONE: 'UTC' }, '/nowhere');
  expect(read).toMatchObject({
    config: {
      warnings: [expect.stringMatching(/^Mail is signed for example\.com .* from notexample\.com /)],
    },
  });
});

function pemOf(key: { export(options: { type: 'pkcs8'; format: 'pem' }): string | Buffer }): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }));
}
