import MailComposer from 'nodemailer/lib/mail-composer';
import type { RenderedMail } from './render.ts';

/** The mail as it goes over the wire (RFC 5322, CRLF line ends), before dot-stuffing: text and HTML alternatives. */
export function composeMime(mail: RenderedMail): Promise<Buffer> {
  const composer = new MailComposer({
    from: mail.from,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    headers: mail.headers,
    messageId: mail.messageId,
    date: mail.date,
    // One encoding for every mail: no line is longer than 76 characters, and the source stays readable. Base64, which
    // the composer would pick for Cyrillic, is smaller and looks like spam to filters.
    encoding: 'quoted-printable',
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}
