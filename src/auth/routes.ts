import type { Db } from '../db/database.ts';
import type { Cursors } from '../http/cursor.ts';
import type { App } from '../http/server.ts';
import { registerApiKeys } from './api_keys.routes.ts';
import type { ApiKeyVerifier } from './api_keys.ts';
import { registerAudit } from './audit.routes.ts';
import type { Sessions } from './sessions.ts';
import { registerSetup, type SetupZone } from './setup.routes.ts';
import { registerSignIn } from './sign_in.routes.ts';
import { registerUsers } from './users.routes.ts';

export type AuthDeps = {
  db: Db;
  sessions: Sessions;
  keys: ApiKeyVerifier;
  cursors: Cursors;
  zone: SetupZone;
  now: () => Date;
};

/** Sign-in, first setup, users, API keys and the audit log. */
export function registerAuth(app: App, deps: AuthDeps): void {
  registerSignIn(app, deps);
  registerSetup(app, deps);
  registerUsers(app, deps);
  registerApiKeys(app, deps);
  registerAudit(app, deps);
}
