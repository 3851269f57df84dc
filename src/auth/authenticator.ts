import type { Authenticator } from '../http/principal.ts';
import type { ApiKeyVerifier } from './api_keys.ts';
import type { Sessions } from './sessions.ts';

/** How the server finds out who is behind a request: by session, or by key. */
export function createAuthenticator(sessions: Sessions, keys: ApiKeyVerifier): Authenticator {
  return {
    async bySession(headers, address) {
      const session = await sessions.find({ headers, address });
      return session && { principal: session.administrator, setCookies: session.setCookies };
    },
    byApiKey: (secret) => keys.verify(secret),
    isSignedIn: (headers) => sessions.isGood(headers),
  };
}
