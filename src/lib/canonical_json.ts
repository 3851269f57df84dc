/** `value` as JSON that is the same whatever the order of fields: jsonb, and some languages, do not keep it. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, inOneOrder);
}

function inOneOrder(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
