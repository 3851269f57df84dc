import { z } from 'zod';
import { normaliseAddress } from './address.ts';

const CONTEXT_BYTES = 16 * 1024;

/** An email address, answered in its normalised form. */
export const emailField = z
  .string()
  .max(320)
  .transform((text, issue) => {
    const address = normaliseAddress(text);
    if (address.ok) return address.email;
    issue.addIssue({ code: 'custom', message: address.message });
    return z.NEVER;
  })
  .meta({ type: 'string', format: 'email', example: 'ada@example.com' });

/** A line of text that may be left out; blank is as good as not said. */
export function lineField(max: number) {
  return z
    .string()
    .trim()
    .max(max)
    .nullish()
    .transform((text) => text || null);
}

/** What the caller wants to be kept with what happens to a person: an object of at most 16 kB as JSON. */
export const contextField = z
  .record(z.string(), z.unknown())
  .refine((context) => Buffer.byteLength(JSON.stringify(context)) <= CONTEXT_BYTES, 'is larger than 16 kB')
  .optional()
  .meta({ description: 'Kept with the trigger and its emails, and at hand in templates as `context`.' });
