import { createHash, type KeyObject, verify } from 'node:crypto';

/** What a DKIM-Signature says, by its tags, and whether the message is what was signed. */
export type DkimVerdict = { tags: Record<string, string>; bodyHolds: boolean; headersHold: boolean };

/**
 * Checks the topmost DKIM-Signature of a message by RFC 6376, for rsa-sha256 and relaxed/relaxed only; undefined where there
 * is none. It shares nothing with what signs, so that a misreading of the standard does not agree with itself.
 */
export function verifyDkim(message: Buffer, publicKey: KeyObject): DkimVerdict | undefined {
  // One character is one byte.
  const text = message.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const headers = text.slice(0, end + 2).match(/[^\r\n]+\r\n(?:[ \t][^\r\n]*\r\n)*/g) ?? [];
  const signature = headers.find((header) => nameOf(header) === 'dkim-signature');
  if (signature === undefined) return undefined;
  const tags = tagsOf(signature);
  const bodyHash = createHash('sha256')
    .update(relaxedBody(text.slice(end + 4)), 'latin1')
    .digest('base64');
  const signed = [
    ...signedHeaders(headers, (tags.h ?? '').split(':')).map((header) => `${relaxedHeader(header)}\r\n`),
    // The signature itself is signed as if it were still empty, and ends without a line break.
    relaxedHeader(signature.replace(/([;:\s]b=)[^;]*/, '$1')),
  ].join('');
  const bytes = Buffer.from(tags.b ?? '', 'base64');
  const headersHold = verify('sha256', Buffer.from(signed, 'latin1'), publicKey, bytes);
  return { tags, bodyHolds: tags.bh === bodyHash, headersHold };
}

function nameOf(header: string): string {
  return header.slice(0, header.indexOf(':')).trim().toLowerCase();
}

function tagsOf(signature: string): Record<string, string> {
  const list = signature.slice(signature.indexOf(':') + 1).split(';');
  return Object.fromEntries(
    list.flatMap((tag) => {
      const [, name, value] = /^\s*(\w+)\s*=(.*)$/s.exec(tag) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value.replace(/\s/g, '')]];
    }),
  );
}

/** A name that stands in the list twice means the header above the last one, and one that is missing is passed over. */
function signedHeaders(headers: string[], names: string[]): string[] {
  const left = headers.toReversed();
  return names.flatMap((name) => {
    const at = left.findIndex((header) => nameOf(header) === name.trim().toLowerCase());
    return at === -1 ? [] : left.splice(at, 1);
  });
}

function relaxedHeader(header: string): string {
  const value = header.slice(header.indexOf(':') + 1).replaceAll('\r\n', '');
  return `${nameOf(header)}:${value.replace(/[ \t]+/g, ' ').trim()}`;
}

function relaxedBody(body: string): string {
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''));
  while (lines.at(-1) === '') lines.pop();
  return lines.map((line) => `${line}\r\n`).join('');
}
