import { v5, v7 } from 'uuid';

/** A new UUIDv7 (RFC 9562): ids made later sort later, to the millisecond. */
export function newId(): string {
  return v7();
}

/** A UUIDv5 (RFC 9562) of `parts`: the same parts always give the same id. `namespace` is a UUID of its own. */
export function derivedId(namespace: string, ...parts: string[]): string {
  return v5(parts.join('\n'), namespace);
}
