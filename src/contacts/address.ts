import { domainToASCII } from 'node:url';
import { hmacSha256 } from '../lib/hmac.ts';

/** Counted up when the rules below change: an entry of the directory says by which it was made. */
export const NORMALISATION = 1;

export type Address = { ok: true; email: string } | { ok: false; message: string };

// What no mailbox name may hold outside of quotes (RFC 5321), and quotes themselves: nobody types those.
const NOT_IN_LOCAL_PART = /[\s"(),:;<>@[\\\]\p{Cc}\p{Cs}]/u;
const DOMAIN = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The one form of an email address: trimmed, NFC, lower case, domain in ASCII. No rules about dots or plus
 * signs: those differ between providers, and two people must never become one.
 */
export function normaliseAddress(text: string): Address {
  const address = text.trim().normalize('NFC').toLowerCase();
  const at = address.lastIndexOf('@');
  if (at < 1) return { ok: false, message: 'must look like name@example.com' };
  const local = address.slice(0, at);
  const domain = domainToASCII(address.slice(at + 1));
  if (Buffer.byteLength(local) > 64)
    return { ok: false, message: 'has more than 64 characters before the @' };
  if (NOT_IN_LOCAL_PART.test(local) || local.startsWith('.') || local.endsWith('.') || local.includes('..')) {
    return { ok: false, message: 'has characters before the @ that an email address cannot have' };
  }
  if (!DOMAIN.test(domain)) return { ok: false, message: 'has no valid domain after the @' };
  return { ok: true, email: `${local}@${domain}` };
}

/**
 * The key under which the directory keeps a normalised address: an HMAC-SHA256, so that an entry can outlive
 * the erasure of its person.
 */
export function addressKey(secret: Buffer, email: string): Buffer {
  return hmacSha256(secret, `${NORMALISATION}:${email}`);
}
