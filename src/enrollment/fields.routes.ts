import { z } from 'zod';
import { contextField, emailField, lineField } from '../contacts/fields.routes.ts';

/** Where a trigger came from, in the caller's words. */
export const sourceField = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .optional()
  .meta({ description: 'Default: `api` for an API key, `manual` for an administrator.', example: 'promo' });

/** One person to trigger a sequence for. */
export const recipientSchema = z
  .strictObject({
    recipient_email: emailField,
    recipient_user_id: lineField(200).meta({ description: 'The application’s own id of this person.' }),
    name: lineField(200),
    context: contextField,
    source: sourceField,
  })
  .meta({ id: 'Recipient' });

export type Recipient = z.output<typeof recipientSchema>;
