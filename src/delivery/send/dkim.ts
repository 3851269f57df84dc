import { createPrivateKey, type KeyObject } from 'node:crypto';
import DKIM from 'nodemailer/lib/dkim';

/** What mail is signed with: `selector._domainkey.domain` is where receivers look for the public key. */
export type DkimKey = { domain: string; selector: string; privateKey: KeyObject };

export type DkimKeyResult = { ok: true; privateKey: KeyObject } | { ok: false; problem: string };

// RFC 8301: receivers take no signature of a shorter key for one.
const LEAST_BITS = 1024;

/**
 * Reads a private key, PEM as OpenSSL writes it, with line breaks that may be written as `\n`, which is how they come
 * through files of variables. The problem never quotes the key.
 */
export function parseDkimKey(pem: string): DkimKeyResult {
  const privateKey = keyOf(pem.replaceAll('\\n', '\n'));
  if (!privateKey)
    return refused('must be a private key in PEM, not encrypted: -----BEGIN PRIVATE KEY----- and so on');
  // The signer knows no other kind, and neither do many receivers.
  if (privateKey.asymmetricKeyType !== 'rsa')
    return refused(`must be an RSA key, not ${privateKey.asymmetricKeyType}`);
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
  return bits < LEAST_BITS
    ? refused(`must have ${LEAST_BITS} bits or more (2048 is usual), not ${bits}`)
    : { ok: true, privateKey };
}

function keyOf(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function refused(problem: string): DkimKeyResult {
  return { ok: false, problem };
}

/**
 * What a receiver sees and acts on, and what RFC 8058 asks for before it shows a button to unsubscribe. No other headers: a
 * server on the way may add or rewrite those.
 */
const SIGNED = [
  'From',
  'To',
  'Subject',
  'Date',
  'Message-ID',
  'MIME-Version',
  'Content-Type',
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
];

/** Puts a DKIM-Signature (RFC 6376, rsa-sha256, relaxed/relaxed) in front of a finished message. */
export type Signer = (message: Buffer) => Promise<Buffer>;

/** A signer with this key. Throws, rather than give a message back unsigned, where signing fails. */
export function dkimSigner({ domain, selector, privateKey }: DkimKey): Signer {
  const dkim = new DKIM({
    domainName: domain,
    keySelector: selector,
    privateKey,
    headerFieldNames: SIGNED.join(':'),
  });
  return async (message) => {
    const signed = Buffer.concat(await dkim.sign(message).toArray());
    if (signed.length <= message.length) throw new Error('DKIM gave no signature.');
    return signed;
  };
}
