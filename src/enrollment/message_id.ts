import { derivedId } from '../lib/uuid.ts';

/**
 * The Message-ID of a step's mail, with its angle brackets: which enrollment, and a sign of the step, at `domain`. Sending
 * again gives the same one. What a bounce quotes leads back to its mail by `readMessageId`, without an index on
 * executions, the largest table: their id, which stood here at first, is a hash that says nothing of whose it is.
 * Digits and small letters, since some systems on a mail's way change the case; no longer than a UUID, as a header
 * that must be folded right after its name confuses others.
 */
export function messageIdOf(enrollmentId: string, stepId: string, domain: string): string {
  const bits = BigInt(`0x${enrollmentId.replaceAll('-', '')}${signOf(enrollmentId, stepId)}`);
  return `<${bits.toString(32).padStart(LENGTH, '0')}@${domain}>`;
}

/** The mail that a Message-ID names: its enrollment, and the sign of its step, for `isSignOf`. */
export type MessageRef = { enrollment_id: string; sign: string };

/** Reads a Message-ID, with or without its angle brackets; undefined where it is none of ours. */
export function readMessageId(text: string): MessageRef | undefined {
  const [, digits] = OURS.exec(text.trim().toLowerCase()) ?? [];
  if (digits === undefined) return undefined;
  const hex = [...digits]
    .reduce((bits, digit) => bits * 32n + BigInt(Number.parseInt(digit, 32)), 0n)
    .toString(16);
  // 36 digits hold four bits more than were written.
  if (hex.length > BYTES * 2) return undefined;
  const [, a, b, c, d, e, sign = ''] = PARTS.exec(hex.padStart(BYTES * 2, '0')) ?? [];
  return { enrollment_id: [a, b, c, d, e].join('-'), sign };
}

/** Whether the mail that was named is the one of this step. */
export function isSignOf({ enrollment_id, sign }: MessageRef, stepId: string): boolean {
  return signOf(enrollment_id, stepId) === sign;
}

// Tells the steps of one enrollment apart: of 100, two are alike in one of 57 billion enrollments.
const SIGN_BYTES = 6;
const BYTES = 16 + SIGN_BYTES;
const LENGTH = Math.ceil((BYTES * 8) / 5);
const OURS = new RegExp(`^<?([0-9a-v]{${LENGTH}})@[^\\s<>@]+>?$`);
const PARTS = /^(.{8})(.{4})(.{4})(.{4})(.{12})(.*)$/;

function signOf(enrollmentId: string, stepId: string): string {
  return derivedId(enrollmentId, stepId)
    .replaceAll('-', '')
    .slice(0, SIGN_BYTES * 2);
}
