import { domainToASCII } from 'node:url';
import addressparser from 'nodemailer/lib/addressparser';

/** A person's or sender's address, with a display name or `''`. */
export type Mailbox = { name: string; address: string };

/** Reads `ada@example.com` or `Ada Lovelace <ada@example.com>`; undefined where that is not one single address. */
export function parseMailbox(text: string): Mailbox | undefined {
  const [mailbox, ...others] = addressparser(text, { flatten: true });
  if (!mailbox || others.length > 0 || !/^[^\s@<>,;]+@[^\s@<>,;]+$/.test(mailbox.address)) return undefined;
  return { name: headerText(mailbox.name), address: mailbox.address };
}

/** The mailbox as people read it in a list of mail; not encoded for a header. */
export function formatMailbox({ name, address }: Mailbox): string {
  return name ? `${name} <${address}>` : address;
}

/** The address's domain in ASCII (punycode), as message ids need it; `localhost` where it is not a domain. */
export function asciiDomainOf(address: string): string {
  return domainToASCII(address.slice(address.lastIndexOf('@') + 1)) || 'localhost';
}

/** The address with its domain in ASCII, as an SMTP envelope needs it. */
export function asciiAddress(address: string): string {
  return `${address.slice(0, address.lastIndexOf('@'))}@${asciiDomainOf(address)}`;
}

/**
 * One line without control characters, of at most `MAX_HEADER_TEXT` characters: what may stand in a header. A line
 * break from a name or a context would otherwise begin a header of its own, and a header without spaces cannot be
 * folded to the 998 octets that a line may have (RFC 5322).
 */
export function headerText(text: string): string {
  const line = text
    .slice(0, 10 * MAX_HEADER_TEXT)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  const characters = [...line];
  return characters.length <= MAX_HEADER_TEXT
    ? line
    : `${characters.slice(0, MAX_HEADER_TEXT - 1).join('')}…`;
}

// A name of as many quotes, each escaped, fits the line.
const MAX_HEADER_TEXT = 490;
