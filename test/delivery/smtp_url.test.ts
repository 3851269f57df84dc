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
      name: null,
      maxConnections: 5,
      maxMessages: 100,
    },
  });
});

test('credentials are percent-decoded, parameters are read, smtps means port 465', () => {
  const url = 'smtps://user%40example.com:p%40ss%3Aword@[::1]/?name=mx.example.com&maxConnections=20';
  expect(parseSmtpUrl(url)).toMatchObject({
    ok: true,
    server: {
      host: '::1',
      port: 465,
      secure: true,
      auth: { user: 'user@example.com', pass: 'p@ss:word' },
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
])('%s is refused: %s', (url, problem) => {
  const result = parseSmtpUrl(url);
  expect(result).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
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
