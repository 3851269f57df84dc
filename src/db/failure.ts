/**
 * The database cannot be used. The message says what happened and what to do about it, in words for the person at the
 * terminal: print it without the stack.
 */
export class DatabaseFailure extends Error {
  override name = 'DatabaseFailure';
}

/** What `error` says of itself, for use within another message. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The code of an error: a system's, such as ENOENT, or PostgreSQL's, such as 42501. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
