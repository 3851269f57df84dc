import { timingSafeEqual } from 'node:crypto';
import { hmacSha256 } from './hmac.ts';

const SIGNATURE = 16;

/** `body` with a signature behind it (HMAC-SHA256, cut to 16 bytes), as base64url: it needs no row and never expires. */
export function seal(secret: Buffer, body: Buffer): string {
  return Buffer.concat([body, signature(secret, body)]).toString('base64url');
}

/** The body that was sealed; undefined where `token` is not one of ours, or its body has not `length` bytes. */
export function unseal(secret: Buffer, token: string, length: number): Buffer | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== length + SIGNATURE) return undefined;
  const body = bytes.subarray(0, length);
  return timingSafeEqual(signature(secret, body), bytes.subarray(length)) ? body : undefined;
}

function signature(secret: Buffer, body: Buffer): Buffer {
  return hmacSha256(secret, body).subarray(0, SIGNATURE);
}
