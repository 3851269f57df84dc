import { parse, stringify } from 'uuid';
import { seal, unseal } from '../../lib/sealed.ts';

/** Whom an unsubscribe link speaks of, and the sequence whose mail it stood in. */
export type UnsubscribeLink = { lane: number; contact_id: string; sequence_id: string };

const LENGTH = 2 + 16 + 16;

/** The token of a link: who and from where, signed. 67 characters. */
export function unsubscribeToken(secret: Buffer, { lane, contact_id, sequence_id }: UnsubscribeLink): string {
  const body = Buffer.alloc(LENGTH);
  body.writeUInt16BE(lane, 0);
  body.set(parse(contact_id), 2);
  body.set(parse(sequence_id), 18);
  return seal(secret, body);
}

/** Reads a token; undefined where it is not one that we signed. */
export function readUnsubscribeToken(secret: Buffer, token: string): UnsubscribeLink | undefined {
  const body = unseal(secret, token, LENGTH);
  return (
    body && {
      lane: body.readUInt16BE(0),
      contact_id: stringify(body.subarray(2, 18)),
      sequence_id: stringify(body.subarray(18, 34)),
    }
  );
}
