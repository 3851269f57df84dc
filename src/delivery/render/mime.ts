import { foldLines } from 'nodemailer/lib/mime-funcs';
import MimeNode from 'nodemailer/lib/mime-node';
import type { Mailbox } from './mailbox.ts';
import { quotedPrintable } from './quoted_printable.ts';
import type { RenderedMail } from './render.ts';

/**
 * The mail as it goes over the wire (RFC 5322, CRLF line ends), before dot-stuffing: text and HTML alternatives. Pure:
 * the same mail gives the same bytes.
 *
 * Not by nodemailer's composer, which makes streams of every part, for what may be a file or far away, and takes ten
 * times as long (docs/decisions/0021). What is hard about a header is nodemailer's all the same.
 */
export function composeMime(mail: RenderedMail): Buffer {
  const boundary = boundaryOf(mail);
  return Buffer.concat([
    Buffer.from(`${headerOf(mail, boundary)}\r\n\r\n--${boundary}\r\n${PLAIN}`),
    quotedPrintable(mail.text),
    Buffer.from(`\r\n--${boundary}\r\n${HTML}`),
    quotedPrintable(mail.html),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

const PLAIN = partHeader('text/plain');
const HTML = partHeader('text/html');

// One encoding for every mail: no line is longer than 76 characters, and the source stays readable. Base64, which is
// smaller for Cyrillic, looks like spam to filters.
function partHeader(type: string): string {
  return `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`;
}

/** What separates the parts. In quoted-printable text two hexadecimal digits or a line end follow each "=". */
function boundaryOf({ messageId }: RenderedMail): string {
  return `=_${messageId.replace(/[^0-9A-Za-z]/g, '').slice(0, 32)}`;
}

function headerOf({ from, to, subject, messageId, headers, date }: RenderedMail, boundary: string): string {
  const fields: [string, string | Mailbox][] = [
    ['From', from],
    ['To', to],
    ['Subject', subject],
    ['Message-ID', messageId],
    ...Object.entries(headers),
    ['Date', date.toUTCString().replace('GMT', '+0000')],
  ];
  return [
    ...fields.flatMap(([name, value]) => (value === '' ? [] : headerLine(name, value))),
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative;',
    ` boundary="${boundary}"`,
  ].join('\r\n');
}

function headerLine(name: string, value: string | Mailbox): string {
  return foldLines(`${name}: ${encoded(name, value)}`, MAX_LINE);
}

const MAX_LINE = 76;
// Nothing in it is to be encoded, quoted or taken for an encoded word.
const SIMPLE_TEXT = /^(?:[!#-<>-~]|=(?!\?))(?:[ !#-<>-~]|=(?!\?))*$/;
const SIMPLE_NAME = /^[\w ]*$/;
const SIMPLE_ADDRESS = /^[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9-]+\.)+[a-z]+$/;

/** A header's value as it may stand in one (RFC 2047): nothing of it can end the header. */
function encoded(name: string, value: string | Mailbox): string {
  if (typeof value === 'string')
    return SIMPLE_TEXT.test(value) ? value : MimeNode.encodeHeaderValue(name, value);
  const isSimple = SIMPLE_NAME.test(value.name) && SIMPLE_ADDRESS.test(value.address);
  if (!isSimple) return MimeNode.encodeHeaderValue(name, value);
  return value.name === '' ? value.address : `${value.name} <${value.address}>`;
}
