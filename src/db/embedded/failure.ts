/**
 * The embedded PostgreSQL cannot be used. The message says what happened and what to do about it,
 * in words for the person at the terminal: print it without the stack.
 */
export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError';
}

/** What ends every message whose reader may simply not want the embedded database. */
export const WAY_OUT = 'Or set DATABASE_URL to use a PostgreSQL server of your own.';

/** What `error` says of itself, for use within another message. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of a system error, such as ENOENT. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
