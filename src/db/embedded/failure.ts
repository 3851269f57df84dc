import { DatabaseFailure } from '../failure.ts';

export { codeOf, reasonOf } from '../failure.ts';

/** The embedded PostgreSQL cannot be used. */
export class EmbeddedPostgresError extends DatabaseFailure {
  override name = 'EmbeddedPostgresError';
}

/** What ends every message whose reader may simply not want the embedded database. */
export const WAY_OUT = 'Or set DATABASE_URL to use a PostgreSQL server of your own.';
