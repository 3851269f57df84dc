import { parse, stringify } from 'uuid';
import { seal, unseal } from '../../lib/sealed.ts';

/** Which confirmation a link is for. */
export type ConfirmationLink = { lane: number; id: string };

// Of another length than an unsubscribe link's, so that neither can be read as the other.
const LENGTH = 2 + 16;

/** The token of a link, signed: nobody can make one for an address that is not theirs. 46 characters. */
export function confirmationToken(secret: Buffer, { lane, id }: ConfirmationLink): string {
  const body = Buffer.alloc(LENGTH);
  body.writeUInt16BE(lane, 0);
  body.set(parse(id), 2);
  return seal(secret, body);
}

/** Reads a token; undefined where it is not one that we signed. */
export function readConfirmationToken(secret: Buffer, token: string): ConfirmationLink | undefined {
  const body = unseal(secret, token, LENGTH);
  return body && { lane: body.readUInt16BE(0), id: stringify(body.subarray(2)) };
}
