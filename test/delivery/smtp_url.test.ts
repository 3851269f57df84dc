import { expect, test } from 'vitest';
import { ehloName, parseSmtpUrl } from '../../src/delivery/send/smtp_url.ts';

test('an SMTP URL names a server, and the rest has defaults', () => {
  expect(parseSmtpUrl('smtp://mail.example.com')).toEqual({
    ok: true,
    server: {
      host: 'mail.example.com',
      port: 587,
      secure: false,
      auth: null,
      requireTls: false,
      ignoreTls: false,
      ca: null,
      servername: null,
      name: null,
      maxConnections: 5,
      maxMessages: 100,
    },
  });
});

test('credentials are percent-decoded, parameters are read, smtps means port 465', () => {
  const url =
    'smtps://user%40example.com:p%40ss%3Aword@[::1]/?name=mx.example.com&maxConnections=20&servername=mail.example.com&authMethod=cram-md5';
  expect(parseSmtpUrl(url)).toMatchObject({
    ok: true,
    server: {
      host: '::1',
      port: 465,
      secure: true,
      auth: { user: 'user@example.com', pass: 'p@ss:word', method: 'CRAM-MD5' },
      servername: 'mail.example.com',
      name: 'mx.example.com',
      maxConnections: 20,
    },
  });
});

test.each([
  ['mail.example.com', 'is not a URL'],
  ['http://mail.example.com', 'must begin with smtp://'],
  ['smtp://', 'names no host'],
  ['smtp://mail.example.com:99999', 'is not a URL'],
  ['smtp://mail.example.com/inbox', 'must not have a path'],
  ['smtp://mail.example.com?requireTls=true', 'unknown parameter "requireTls"'],
  ['smtp://mail.example.com?__proto__=true', 'unknown parameter'],
  ['smtp://mail.example.com?requireTLS=yes', 'needs true or false'],
  ['smtp://mail.example.com?requireTLS=true&ignoreTLS=true', 'both require and ignore'],
  ['smtp://mail.example.com?maxConnections=0', 'a number from 1 to 100'],
  ['smtp://user:%zz@mail.example.com', 'percent-encoded'],
  ['smtp://user@mail.example.com', 'a user name and no password'],
  ['smtp://user:secret@mail.example.com?authMethod=NTLM', 'PLAIN, LOGIN, CRAM-MD5, XOAUTH2 for "authMethod"'],
  ['smtp://mail.example.com?authMethod=PLAIN', 'an "authMethod" and no user name'],
  ['smtp://mail.example.com?ca=ca.pem', 'an absolute path for "ca"'],
  ['smtp://mail.example.com?ca=/no/such.pem', 'a PEM file of certificates for "ca": /no/such.pem: ENOENT'],
  [`smtp://mail.example.com?ca=${import.meta.filename}`, 'a PEM file of certificates for "ca"'],
])('%s is refused: %s', (url, problem) => {
  const result = parseSmtpUrl(url);
  expect(result).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
});

test('a password goes to another machine through TLS alone, unless the URL says otherwise', () => {
  const requires = (url: string) => {
    const parsed = parseSmtpUrl(url);
    return parsed.ok && parsed.server.requireTls;
  };
  expect(requires('smtp://user:secret@mail.example.com')).toBe(true);
  for (const url of [
    'smtp://mail.example.com',
    'smtp://user:secret@localhost:1025',
    'smtp://user:secret@127.0.0.1:1025',
    'smtp://user:secret@mail.example.com?requireTLS=false',
    'smtp://user:secret@mail.example.com?ignoreTLS=true',
    'smtps://user:secret@mail.example.com',
  ])
    expect(requires(url)).toBe(false);
});

test('a problem never repeats the password', () => {
  const result = parseSmtpUrl('smtp://user:hunter2@mail.example.com?what=hunter3');
  expect(JSON.stringify(result)).not.toContain('hunter2');
});

test('we are called by the host at which people reach us, unless that means another machine to a server', () => {
  expect(ehloName('https://mail.example.com:8443')).toBe('mail.example.com');
  expect(ehloName('http://192.0.2.7:3000')).toBe('[192.0.2.7]');
  expect(ehloName('http://[2001:db8::7]')).toBe('[IPv6:2001:db8::7]');
  for (const host of ['localhost:3000', '127.0.0.1', '[::1]:3000', 'shop.localhost'])
    expect(ehloName(`http://${host}`)).toBeNull();
});
