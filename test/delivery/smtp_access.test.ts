import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { SMTP_DEFAULTS, smtpTransport } from '../../src/delivery/send/smtp_transport.ts';
import type { AuthMethod, SmtpServer } from '../../src/delivery/send/smtp_url.ts';
import { type Certificates, keyPairOf, makeCertificates, noOpenssl } from '../support/certificates.ts';
import { mailOf } from '../support/mail.ts';
import { SmtpSink } from '../support/smtp_sink.ts';

const METHODS: AuthMethod[] = ['PLAIN', 'LOGIN', 'CRAM-MD5', 'XOAUTH2'];

describe('signing in', () => {
  test.each(METHODS)('by %s goes with what the URL names, and not with a wrong secret', async (method) => {
    const seen: string[] = [];
    await using sink = await aSinkThatAsks([method], seen);
    const server = sink.server(`?authMethod=${method}`, 'smtp://shop:s3cret%20t0ken@');
    expect(await sendOnce(server)).toMatchObject({ outcome: 'accepted' });
    expect(seen).toEqual([method]);
    const wrong = sink.server(`?authMethod=${method}`, 'smtp://shop:guess@');
    expect(await sendOnce(wrong)).toMatchObject({ kind: 'temporary', outcome: 'authentication_failed' });
  });

  test('takes the first way that the server offers where the URL names none', async () => {
    const seen: string[] = [];
    await using sink = await aSinkThatAsks(['XOAUTH2', 'CRAM-MD5', 'LOGIN'], seen);
    const server = sink.server('', 'smtp://shop:s3cret%20t0ken@');
    expect(await sendOnce(server)).toMatchObject({ outcome: 'accepted' });
    expect(seen).toEqual(['LOGIN']);
  });

  test('in a way that the server does not know holds the mail', async () => {
    await using sink = await aSinkThatAsks(['PLAIN'], []);
    const server = sink.server('?authMethod=CRAM-MD5', 'smtp://shop:s3cret%20t0ken@');
    expect(await sendOnce(server)).toMatchObject({ kind: 'temporary', outcome: 'authentication_failed' });
  });

  test('never sends the password in the clear where TLS is required', async () => {
    const seen: string[] = [];
    await using sink = await aSinkThatAsks(['PLAIN'], seen);
    const server = sink.server('?requireTLS=true', 'smtp://shop:s3cret%20t0ken@');
    expect(await sendOnce(server)).toMatchObject({ kind: 'temporary', outcome: 'tls_failed' });
    expect(seen).toEqual([]);
  });
});

describe('a certificate', () => {
  let certificates: Certificates;

  beforeEach(({ skip }) => skip(noOpenssl !== undefined, noOpenssl));

  beforeAll(async () => {
    if (noOpenssl) return;
    certificates = await makeCertificates('DNS:mail.example.com', 'IP:127.0.0.1');
    return () => certificates[Symbol.asyncDispose]();
  });

  for (const scheme of ['smtp', 'smtps']) {
    test(`of an authority of one's own is trusted where the URL names that one, over ${scheme}`, async () => {
      await using sink = await aSecureSink(scheme, certificates);
      const trusted = `?requireTLS=${scheme === 'smtp'}&ca=${certificates.ca}`;
      expect(await sendOnce(sink.server(trusted, scheme))).toMatchObject({ outcome: 'accepted' });
      expect(await sendOnce(sink.server('', scheme))).toMatchObject({
        kind: 'temporary',
        outcome: 'tls_failed',
      });
    });

    test(`must name the host, or the name that the URL gives, over ${scheme}`, async () => {
      await using elsewhere = await makeCertificates('DNS:mail.example.com');
      await using sink = await aSecureSink(scheme, elsewhere);
      const ca = `?ca=${elsewhere.ca}`;
      expect(await sendOnce(sink.server(ca, scheme))).toMatchObject({ outcome: 'tls_failed' });
      const named = sink.server(`${ca}&servername=mail.example.com`, scheme);
      expect(await sendOnce(named)).toMatchObject({ outcome: 'accepted' });
    });

    test(`of another authority is refused, and so is a TLS that is too old, over ${scheme}`, async () => {
      await using others = await makeCertificates('IP:127.0.0.1');
      await using sink = await aSecureSink(scheme, others);
      expect(await sendOnce(sink.server(`?ca=${certificates.ca}`, scheme))).toMatchObject({
        outcome: 'tls_failed',
      });
      await using old = await aSecureSink(scheme, certificates, {
        minVersion: 'TLSv1.1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      });
      expect(await sendOnce(old.server(`?ca=${certificates.ca}`, scheme))).toMatchObject({
        kind: 'temporary',
        outcome: 'tls_failed',
      });
    });
  }
});

/** A server that takes mail only from `shop`, who may sign in in these ways, and notes in which one that was tried. */
function aSinkThatAsks(authMethods: AuthMethod[], seen: string[]): Promise<SmtpSink> {
  return SmtpSink.start({
    options: {
      authOptional: false,
      allowInsecureAuth: true,
      authMethods,
      onAuth(auth, _session, done) {
        seen.push(auth.method);
        const secret = 's3cret t0ken';
        const isRight =
          auth.method === 'CRAM-MD5'
            ? auth.validatePassword(secret)
            : secret === (auth.method === 'XOAUTH2' ? auth.accessToken : auth.password);
        if (isRight && auth.username === 'shop') done(null, { user: 'shop' });
        else done(new Error('5.7.8 Wrong user or password'));
      },
    },
  });
}

async function aSecureSink(scheme: string, certificates: Certificates, some: object = {}): Promise<SmtpSink> {
  const pair = await keyPairOf(certificates);
  return SmtpSink.start({
    options: { ...pair, ...some, disabledCommands: [], secure: scheme === 'smtps', logger: false },
  });
}

function sendOnce(server: SmtpServer) {
  const transport = smtpTransport(server, { ...SMTP_DEFAULTS, closeGrace: 100 });
  onTestFinished(() => transport.close());
  return transport.send(mailOf());
}
