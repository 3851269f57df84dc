/** A variable that every subject, HTML and text template can use. */
export type TemplateVariable = { name: string; description: string; example: string };

/**
 * What a template can print, in the order in which an editor offers it. `render` of delivery fills exactly these;
 * one that has no value prints nothing, so a fallback reads `{{ contact.first_name | default: "there" }}`.
 */
export const TEMPLATE_VARIABLES: readonly TemplateVariable[] = [
  { name: 'contact.first_name', description: 'The first word of the contact’s name', example: 'Ada' },
  { name: 'contact.name', description: 'The contact’s full name', example: 'Ada Lovelace' },
  { name: 'contact.email', description: 'The address that this email goes to', example: 'ada@example.com' },
  {
    name: 'contact.external_user_id',
    description: 'Your application’s own id of the person',
    example: 'user_4711',
  },
  {
    name: 'contact.time_zone',
    description: 'The contact’s time zone, where known',
    example: 'Europe/London',
  },
  { name: 'contact.properties.plan', description: 'Any property kept with the contact', example: 'Team' },
  { name: 'context.order_number', description: 'Anything sent along with the trigger', example: '1042' },
  { name: 'sequence.name', description: 'The name of this sequence', example: 'Spring sale' },
  { name: 'source', description: 'What triggered the sequence: promo, api, manual, …', example: 'promo' },
  {
    name: 'sent_at',
    description: 'The moment of sending, for the date filter; UTC unless a zone is named',
    example: '2026-03-20T09:00:00.000Z',
  },
  {
    name: 'unsubscribe_url',
    description: 'Where the reader unsubscribes; a small footer is added to emails that do not use it',
    example: 'https://mail.example.com/u/Zm9v',
  },
];

/** What holds names of the application's own: everything below these may be filled. */
export const OPEN_VARIABLES: readonly string[] = ['contact.properties', 'context'];

/** The examples of `TEMPLATE_VARIABLES` as the nested object that templates read, for a preview without a contact. */
export function exampleVariables(): Record<string, unknown> {
  const variables: Record<string, unknown> = {};
  for (const { name, example } of TEMPLATE_VARIABLES) {
    assign(variables, name.split('.'), example);
  }
  return variables;
}

function assign(target: Record<string, unknown>, [key, ...rest]: string[], value: string): void {
  if (key === undefined) return;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = (target[key] ?? {}) as Record<string, unknown>;
  target[key] = inner;
  assign(inner, rest, value);
}
