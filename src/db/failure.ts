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

/** Whether `error` tells of the connection to the database, and not of what was asked over it. */
export function isOfConnection(error: unknown): boolean {
  // Class 08 is that of connections; 57P01 to 57P03 is a server that stops, crashed, or is not ready yet; 53300 one that
  // has no connection left.
  const code = String(codeOf(error) ?? '');
  // The socket of a PostgreSQL that was stopped.
  const isGone = code === 'ENOENT' && (error as { syscall?: string }).syscall === 'connect';
  return (
    isGone ||
    OF_SYSTEM.includes(code) ||
    /^(08...|57P0[123]|53300)$/.test(code) ||
    OF_DRIVER.test(reasonOf(error))
  );
}

const OF_SYSTEM = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'];
// The driver's own words, which have no code.
const OF_DRIVER =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered)/;
