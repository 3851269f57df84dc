import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import MailComposer from 'nodemailer/lib/mail-composer';
import { expect, test } from 'vitest';
import { headerText } from '../../src/delivery/render/mailbox.ts';
import { composeMime } from '../../src/delivery/render/mime.ts';
import { quotedPrintable } from '../../src/delivery/render/quoted_printable.ts';
import type { RenderedMail } from '../../src/delivery/render/render.ts';
import { smtpTransport } from '../../src/delivery/send/smtp_transport.ts';
import { mailOf } from '../support/mail.ts';
import { SmtpSink } from '../support/smtp_sink.ts';

const piece = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '.',
    '..',
    '\n',
    '\r',
    '\r\n',
    ' ',
    '\t',
    '=',
    '=20',
    'From ',
    '--',
    '=?UTF-8?Q?x?=',
    '🎉',
    'ё',
  ),
  fc.constantFrom('x'.repeat(75), 'ж'.repeat(40), ' '.repeat(80), '"', ',', '<', '>', '\\', "O'Brien", ':'),
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('').replaceAll('\0', ''));
const line = text.map(headerText);
const address = fc.constantFrom(
  'ada@example.com',
  'Ada.Lovelace+x@Example.COM',
  'ada@пример.рф',
  'ада@example.com',
  '.odd@example.com',
  'ada@[127.0.0.1]',
);
const mailbox = fc.record({ name: line, address });
const mail: fc.Arbitrary<RenderedMail> = fc
  .record({ from: mailbox, to: mailbox, subject: line, html: text, text })
  .map((parts) => ({ ...mailOf(), ...parts }));

test('a composed mail is read as what it was made of, whatever stands in it', async () => {
  await fc.assert(
    fc.asyncProperty(mail.filter(isNotEncoded), async (wanted) => {
      const raw = composeMime(wanted);
      expect(raw.toString()).not.toMatch(/\r(?!\n)|(?<!\r)\n|\n\./);
      expect(raw.toString().slice(raw.indexOf('\r\n\r\n'))).not.toMatch(/[^\t\r\n -~]|[^\r\n]{77}/);
      const { headers, ...read } = await simpleParser(raw);
      expect(read.messageId).toBe(wanted.messageId);
      expect(read.date).toEqual(wanted.date);
      expect(read.subject ?? '').toBe(wanted.subject);
      expect([read.from, read.to].flat().map((list) => list?.value[0]?.name)).toEqual([
        wanted.from.name,
        wanted.to.name,
      ]);
      expect(unwrapped(read.text ?? '')).toBe(unwrapped(wanted.text));
      expect(unwrapped(read.html || '')).toBe(unwrapped(wanted.html));
      expect([...headers.keys()].filter((name) => !KNOWN_HEADERS.includes(name))).toEqual([]);
    }),
  );
});

test('its header is the one that nodemailer’s composer writes', async () => {
  await fc.assert(
    fc.asyncProperty(mail, async (wanted) => {
      const composer = new MailComposer({ ...wanted, text: 'x', html: 'x', newline: 'win' });
      const theirs = (await composer.compile().build()).toString();
      expect(headerLines(composeMime(wanted).toString())).toEqual(headerLines(theirs));
    }),
  );
});

test.each(['"', '\\', 'x', 'ж', '🎉'])(
  'no line is longer than a server must take, of as many %s as there may be',
  (one) => {
    for (const length of [480, 490, 500, 9_999]) {
      const name = headerText(one.repeat(length));
      const mailbox = { name, address: 'ada@example.com' };
      const header = composeMime({ ...mailOf(), from: mailbox, to: mailbox, subject: name }).toString();
      expect(Math.max(...header.split('\r\n').map((each) => Buffer.byteLength(each)))).toBeLessThanOrEqual(
        998,
      );
    }
  },
);

test('no encoded word is longer than 75 characters, or has half a character at its end', () => {
  const read = new TextDecoder('utf-8', { fatal: true });
  fc.assert(
    fc.property(mail.filter(isNotEncoded), (wanted) => {
      const raw = composeMime(wanted).toString();
      for (const [word, way = '', content = ''] of raw
        .slice(0, raw.indexOf('\r\n\r\n'))
        .matchAll(/=\?UTF-8\?([QB])\?([^? \r\n]*)\?=/g)) {
        expect(word.length).toBeLessThanOrEqual(75);
        expect(() => read.decode(bytesOf(way, content))).not.toThrow();
      }
    }),
  );
});

test('what a server receives of it is the same, leading dots and all', async () => {
  await using sink = await SmtpSink.start();
  const transport = smtpTransport(sink.server());
  const wanted = mailOf({ text: '.\n..\n.a\n', html: '.<p>\n.\r\n.</p>\n' });
  expect(await transport.send(wanted)).toMatchObject({ outcome: 'accepted' });
  await transport.close();
  expect(sink.mails[0]?.raw.equals(composeMime(wanted))).toBe(true);
});

test.each([
  ['', ''],
  ['plain', 'plain'],
  ['a=b', 'a=3Db'],
  ['ends in a space \nand a tab\t', 'ends in a space=20\r\nand a tab=09'],
  ['one\rtwo\nthree\r\nfour', 'one\r\ntwo\r\nthree\r\nfour'],
  ['.', '=2E'],
  ['From here\nFrom: there', '=46rom here\r\nFrom: there'],
  ['x'.repeat(75), 'x'.repeat(75)],
  ['x'.repeat(76), `${'x'.repeat(75)}=\r\nx`],
  [`${'x'.repeat(75)}.`, `${'x'.repeat(75)}=\r\n=2E`],
  [`${'x'.repeat(70)}ж`, `${'x'.repeat(70)}=\r\n=D0=B6`],
  [`${'x'.repeat(63)}🎉`, `${'x'.repeat(63)}=F0=9F=8E=89`],
  ['é'.repeat(13), `${'=C3=A9'.repeat(12)}=\r\n=C3=A9`],
])('%j as quoted-printable', (given, expected) => {
  expect(quotedPrintable(given).toString()).toBe(expected);
});

const KNOWN_HEADERS = ['from', 'to', 'subject', 'message-id', 'date', 'mime-version', 'content-type', 'list'];

/** What one encoded word holds (RFC 2047, 4). */
function bytesOf(way: string, content: string): Buffer {
  if (way === 'B') return Buffer.from(content, 'base64');
  const octet = (_: string, hex: string) => String.fromCharCode(Number.parseInt(hex, 16));
  return Buffer.from(content.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/g, octet), 'latin1');
}

/** Whoever writes an encoded word (RFC 2047) means what it says. */
function isNotEncoded({ subject, from, to }: RenderedMail): boolean {
  return ![subject, from.name, to.name].some((value) => value.includes('=?'));
}

/** Without what a parser takes off: the kinds of line ends, and one at the end. */
function unwrapped(content: string): string {
  return content.replace(/\r\n?/g, '\n').replace(/\n+$/, '');
}

/** The header, unfolded, without the boundary, which is random in theirs; sorted, as the order means nothing. */
function headerLines(raw: string): string[] {
  const header = raw.slice(0, raw.indexOf('\r\n\r\n'));
  return header
    .replace(/boundary="[^"]*"/, '')
    .split(/\r\n(?! )/)
    .sort();
}
