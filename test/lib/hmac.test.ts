import { expect, test } from 'vitest';
import { hmacSha256 } from '../../src/lib/hmac.ts';

// RFC 4231, 4.3.
const KNOWN = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';

test('it is the HMAC that the RFC has as an example, the first time and the second', () => {
  const secret = Buffer.from('Jefe');
  const sign = () => hmacSha256(secret, 'what do ya want for nothing?').toString('hex');
  expect([sign(), sign()]).toEqual([KNOWN, KNOWN]);
  expect(hmacSha256(Buffer.from('Jeff'), 'what do ya want for nothing?').toString('hex')).not.toBe(KNOWN);
});
