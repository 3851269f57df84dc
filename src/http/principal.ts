import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { watchCredentials } from './credential_watch.ts';
import { problem } from './errors.ts';
import type { App } from './server.ts';

/** Who is behind a request. */
export type Principal = Administrator | ApiKey;
export type Administrator = { kind: 'administrator'; id: string; name: string; email: string };
export type ApiKey = { kind: 'api_key'; id: string; name: string };

/** How a request's credentials become a principal. `undefined` is: they are not valid (any more). */
export type Authenticator = {
  /** By the session cookie. `setCookies` are to be sent back: a session in use lives on. */
  bySession(
    headers: IncomingHttpHeaders,
    address: string,
  ): Promise<{ principal: Administrator; setCookies: string[] } | undefined>;
  /** By the secret of an API key. */
  byApiKey(secret: string): Promise<ApiKey | undefined>;
  /** Whether the session cookie is good, without making the session live on: nobody need be there. */
  isSignedIn(headers: IncomingHttpHeaders): Promise<boolean>;
};

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on every route that needs a principal; read it with `principalOf`. */
    principal: Principal | null;
  }
  interface FastifyContextConfig {
    /** Under /api: answered to anybody. Everything else there needs a principal. */
    public?: boolean;
    /** Answered to an administrator's session only, not to API keys. */
    administratorsOnly?: boolean;
    /**
     * Under /api: may be signed in place of credentials. A request with a signature and no key comes through without a
     * principal, and the route itself finds out whether it is good, once it has the body.
     */
    orSigned?: boolean;
    /** Outside /api: needs a principal all the same, unless the request comes from this very machine. */
    localOrPrincipal?: boolean;
  }
}

/** Has every request to a route that needs it identified, before its body is read. */
export function installAuthentication(app: App, authenticator: Authenticator, publicUrl: string): void {
  const ownOrigin = new URL(publicUrl).origin;
  const watch = watchCredentials((request) => isStillGood(request, authenticator));
  app.decorate('credentialWatch', watch);
  app.addHook('onClose', async () => watch.close());
  app.decorateRequest('principal', null);
  app.addHook('onRequest', async (request, reply) => {
    const { config, url = '' } = request.routeOptions;
    const underApi = isUnderApi(url);
    if (underApi && config.public) return refuseForeignOrigin(request, ownOrigin);
    if (!underApi && !config.localOrPrincipal) return;
    if (config.localOrPrincipal && isLocal(request)) return;
    if (config.orSigned && isSigned(request)) return;
    request.principal = await identify(request, reply, authenticator, ownOrigin);
    if (config.administratorsOnly && request.principal.kind !== 'administrator')
      throw problem.forbidden('Only a signed-in administrator may do this; an API key may not.');
  });
}

/** Whether a request bears a signature, good or not, and no key, which would count instead. */
export function isSigned(request: FastifyRequest): boolean {
  return request.headers['webhook-signature'] !== undefined && bearerOf(request) === undefined;
}

/** The principal of a request to a route that needs one. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new Error(`${request.routeOptions.url} is public: it has no principal`);
  return request.principal;
}

/** The administrator behind a request to an `administratorsOnly` route. */
export function administratorOf(request: FastifyRequest): Administrator {
  const principal = principalOf(request);
  if (principal.kind !== 'administrator')
    throw new Error(`${request.routeOptions.url} is not for administrators only`);
  return principal;
}

/** Whether a route's URL is part of the API. */
export function isUnderApi(url: string): boolean {
  return url === '/api' || url.startsWith('/api/');
}

async function identify(
  request: FastifyRequest,
  reply: FastifyReply,
  authenticator: Authenticator,
  ownOrigin: string,
): Promise<Principal> {
  const secret = bearerOf(request);
  if (secret !== undefined) {
    const key = await authenticator.byApiKey(secret);
    if (!key) throw problem.unauthenticated('The API key is not valid, or has been revoked.');
    return key;
  }
  const session = await authenticator.bySession(request.headers, request.ip);
  if (!session) throw problem.unauthenticated();
  refuseForeignOrigin(request, ownOrigin);
  if (session.setCookies.length > 0) reply.header('set-cookie', session.setCookies);
  return session.principal;
}

async function isStillGood(request: FastifyRequest, authenticator: Authenticator): Promise<boolean> {
  const secret = bearerOf(request);
  if (secret === undefined) return authenticator.isSignedIn(request.headers);
  return (await authenticator.byApiKey(secret)) !== undefined;
}

// Other schemes are left alone: a proxy's own basic authentication is passed on to us too.
function bearerOf({ headers }: FastifyRequest): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
}

/**
 * Refuses a change that another site's page made a browser send along with our cookie. A browser says by
 * Sec-Fetch-Site, or (on plain http) by Origin, where a request comes from; a request with neither is no
 * browser's, and has no cookie that its sender did not put there. A token in every form was rejected: it
 * adds state, and protects nobody further while the cookie is SameSite=Lax as well.
 */
function refuseForeignOrigin(request: FastifyRequest, ownOrigin: string): void {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return;
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin === ownOrigin || site === 'same-origin' || site === 'none') return;
  if (site === undefined && (origin === undefined || URL.parse(origin)?.host === request.host)) return;
  throw problem.forbidden('This request comes from a page of another site.', 'foreign_origin');
}

// A proxy on this machine makes every visitor look local, so a request that was passed on is not.
function isLocal({ socket, headers }: FastifyRequest): boolean {
  const passedOn = headers['x-forwarded-for'] ?? headers.forwarded ?? headers['x-real-ip'] ?? headers.via;
  return passedOn === undefined && /^(::1|(::ffff:)?127\.[\d.]+)$/.test(socket.remoteAddress ?? '');
}
