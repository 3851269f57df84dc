import { timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import { hmacSha256 } from '../lib/hmac.ts';
import { problem } from './errors.ts';

/**
 * Turns the last row of a page into the text that asks for the page after it, and back. The text is
 * signed, so that nobody can read from a list by making up positions, and works for its own list only.
 */
export type Cursors = {
  /** `position` is what the list is ordered by, as JSON; `list` names the list, filters included. */
  encode(list: string, position: unknown): string;
  /** The position, checked against `schema`. Throws an invalid-`cursor` problem for any other text. */
  decode<T>(list: string, schema: z.ZodType<T>, cursor: string): T;
};

/** Cursors signed with `secret`, which all processes share. */
export function createCursors(secret: Buffer): Cursors {
  const sign = (list: string, json: string) =>
    hmacSha256(secret, `${list}\n${json}`).subarray(0, SIGNATURE_BYTES);
  return {
    encode(list, position) {
      const json = JSON.stringify(position);
      return Buffer.concat([sign(list, json), Buffer.from(json)]).toString('base64url');
    },
    decode(list, schema, cursor) {
      const bytes = Buffer.from(cursor, 'base64url');
      const json = bytes.subarray(SIGNATURE_BYTES).toString();
      const signature = bytes.subarray(0, SIGNATURE_BYTES);
      if (signature.length < SIGNATURE_BYTES || !timingSafeEqual(signature, sign(list, json)))
        throw unknownCursor();
      const position = schema.safeParse(JSON.parse(json));
      // Signed by us, yet of another form: made by an earlier release.
      if (!position.success) throw unknownCursor();
      return position.data;
    },
  };
}

const SIGNATURE_BYTES = 16;

function unknownCursor() {
  return problem.invalid([{ path: 'cursor', message: 'is not a cursor that this list has given' }]);
}
