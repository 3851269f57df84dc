/** The most that a contact's properties may be, in bytes of JSON. */
export const MAX_PROPERTIES_BYTES = 16_384;

export type Properties = Record<string, unknown>;

export type TooLarge = { outcome: 'properties_too_large'; bytes: number; most: number };

/** What is known, and what is said of it now: names said win, and null removes one. */
export function mergeProperties(known: Properties, said: Properties): Properties {
  const entries = Object.entries({ ...known, ...said });
  return Object.fromEntries(entries.filter(([name]) => said[name] !== null));
}

/** Whether properties are more than is kept of one contact; undefined where they are not. */
export function tooLarge(properties: Properties): TooLarge | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(properties));
  return bytes > MAX_PROPERTIES_BYTES
    ? { outcome: 'properties_too_large', bytes, most: MAX_PROPERTIES_BYTES }
    : undefined;
}
