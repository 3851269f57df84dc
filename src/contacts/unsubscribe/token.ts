import { createHmac, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'uuid';

/** Whom an unsubscribe link speaks of, and the sequence whose mail it stood in. */
export type UnsubscribeLink = { lane: number; contact_id: string; sequence_id: string };

const SIGNATURE = 16;
const LENGTH = 2 + 16 + 16 + SIGNATURE;

/** The token of a link: who and from where, signed, so that it needs no row and never expires. 67 characters. */
export function unsubscribeToken(secret: Buffer, { lane, contact_id, sequence_id }: UnsubscribeLink): string {
  const body = Buffer.alloc(LENGTH - SIGNATURE);
  body.writeUInt16BE(lane, 0);
  body.set(parse(contact_id), 2);
  body.set(parse(sequence_id), 18);
  return Buffer.concat([body, signature(secret, body)]).toString('base64url');
}

/** Reads a token; undefined where it is not one that we signed. */
export function readUnsubscribeToken(secret: Buffer, token: string): UnsubscribeLink | undefined {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== LENGTH) return undefined;
  const body = bytes.subarray(0, LENGTH - SIGNATURE);
  if (!timingSafeEqual(signature(secret, body), bytes.subarray(LENGTH - SIGNATURE))) return undefined;
  return {
    lane: body.readUInt16BE(0),
    contact_id: stringify(body.subarray(2, 18)),
    sequence_id: stringify(body.subarray(18, 34)),
  };
}

function signature(secret: Buffer, body: Buffer): Buffer {
  return createHmac('sha256', secret).update(body).digest().subarray(0, SIGNATURE);
}
