import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

/** How to sign in. With XOAUTH2 the password is an access token, which somebody else keeps fresh. */
export type AuthMethod = 'PLAIN' | 'LOGIN' | 'CRAM-MD5' | 'XOAUTH2';

export type SmtpAuth = {
  user: string;
  pass: string;
  /** Null: the first of those that the server offers, in this order, but for XOAUTH2. */
  method: AuthMethod | null;
};

/** A mail server and how to talk to it, as read from an SMTP URL. */
export type SmtpServer = {
  host: string;
  port: number;
  /** TLS from the first byte (`smtps:`); otherwise STARTTLS is used wherever the server offers it. */
  secure: boolean;
  auth: SmtpAuth | null;
  /** Give up rather than send, or sign in, without TLS. */
  requireTls: boolean;
  /** Never use STARTTLS. */
  ignoreTls: boolean;
  /** Whose certificates are trusted, in PEM, and nobody else's; null: those that Node trusts. */
  ca: string | null;
  /** The host that the certificate must name; null: `host`. */
  servername: string | null;
  /** What to call ourselves in EHLO; null: the machine's own name, or `[127.0.0.1]` where that has no dot. */
  name: string | null;
  maxConnections: number;
  /** Mails over one connection before it is replaced. */
  maxMessages: number;
};

export type SmtpUrlResult = { ok: true; server: SmtpServer } | { ok: false; problem: string };

/**
 * Reads `smtp://user:password@host:port?requireTLS=true`, or says what is wrong with it, never printing the password.
 * Ports default to 587, and to 465 for `smtps:`. Parameters: `requireTLS`, `ignoreTLS` (`true` or `false`), `ca` (an absolute
 * path to a PEM file, which is read now), `servername`, `authMethod`, `name`, `maxConnections` (1 to 100, default 5),
 * `maxMessages` (1 to 10,000, default 100).
 *
 * With a user, another machine has to offer TLS unless a parameter says otherwise: whoever stands in between could leave
 * STARTTLS out of what the server offers, and would be sent the password.
 */
export function parseSmtpUrl(text: string): SmtpUrlResult {
  const url = URL.parse(text);
  if (!url) return refused('is not a URL like smtp://user:password@mail.example.com:587');
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')
    return refused('must begin with smtp:// or smtps://');
  if (url.hostname === '') return refused('names no host');
  if (url.pathname !== '' && url.pathname !== '/') return refused('must not have a path after the host');
  const problem = problemOfParameters(url.searchParams);
  if (problem) return refused(problem);
  const auth = authOf(url);
  if (auth === undefined) return refused('has a user name or password that is not percent-encoded');
  if (auth?.user && !auth.pass) return refused('has a user name and no password');
  if (!auth && url.searchParams.has('authMethod')) return refused('has an "authMethod" and no user name');
  const ca = caOf(url.searchParams.get('ca'));
  if (!ca.ok) return refused(ca.problem);
  return { ok: true, server: serverOf(url, auth, ca.pem) };
}

/**
 * What to call ourselves in EHLO: the host of the address at which people reach us, which servers can look up, an address
 * in the brackets of RFC 5321. Null for one that means another machine to every server, such as localhost.
 */
export function ehloName(publicUrl: string): string | null {
  const { hostname } = new URL(publicUrl);
  if (isLoopback(hostname)) return null;
  if (hostname.startsWith('[')) return `[IPv6:${hostname.slice(1, -1)}]`;
  return isIP(hostname) ? `[${hostname}]` : hostname;
}

/** Whether a URL's host is the machine that asks, whichever that is. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

function refused(problem: string): SmtpUrlResult {
  return { ok: false, problem };
}

type Parameter = { isValid: (value: string) => boolean; expects: string };

const FLAG: Parameter = {
  isValid: (value) => value === 'true' || value === 'false',
  expects: 'true or false',
};

const HOST: Parameter = {
  isValid: (value) => /^[A-Za-z0-9.:[\]-]+$/.test(value),
  expects: 'a host name',
};

const AUTH_METHODS: readonly AuthMethod[] = ['PLAIN', 'LOGIN', 'CRAM-MD5', 'XOAUTH2'];

const PARAMETERS: Record<string, Parameter> = {
  requireTLS: FLAG,
  ignoreTLS: FLAG,
  ca: { isValid: (value) => value.startsWith('/'), expects: 'an absolute path' },
  servername: HOST,
  authMethod: { isValid: (value) => methodOf(value) !== null, expects: AUTH_METHODS.join(', ') },
  name: HOST,
  maxConnections: numberBetween(1, 100),
  maxMessages: numberBetween(1, 10_000),
};

function numberBetween(least: number, most: number): Parameter {
  return {
    isValid: (value) => /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most,
    expects: `a number from ${least} to ${most}`,
  };
}

function problemOfParameters(parameters: URLSearchParams): string | undefined {
  for (const [name, value] of parameters) {
    const parameter = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (!parameter)
      return `has an unknown parameter "${name}"; known are ${Object.keys(PARAMETERS).join(', ')}`;
    if (!parameter.isValid(value)) return `needs ${parameter.expects} for "${name}"`;
  }
  if (parameters.get('requireTLS') === 'true' && parameters.get('ignoreTLS') === 'true') {
    return 'cannot both require and ignore TLS';
  }
  return undefined;
}

function methodOf(value: string | null): AuthMethod | null {
  return AUTH_METHODS.find((method) => method === value?.toUpperCase()) ?? null;
}

/** Undefined where it is not percent-encoded. */
function authOf({ username, password, searchParams }: URL): SmtpAuth | null | undefined {
  if (username === '') return null;
  const method = methodOf(searchParams.get('authMethod'));
  try {
    return { user: decodeURIComponent(username), pass: decodeURIComponent(password), method };
  } catch {
    return undefined;
  }
}

function caOf(path: string | null): { ok: true; pem: string | null } | { ok: false; problem: string } {
  if (path === null) return { ok: true, pem: null };
  try {
    const pem = readFileSync(path, 'utf8');
    // Throws where there is no certificate in it, which would be trusting nobody.
    new X509Certificate(pem);
    return { ok: true, pem };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, problem: `needs a PEM file of certificates for "ca": ${path}: ${why}` };
  }
}

function serverOf(url: URL, auth: SmtpAuth | null, ca: string | null): SmtpServer {
  const secure = url.protocol === 'smtps:';
  const parameters = url.searchParams;
  const ignoreTls = parameters.get('ignoreTLS') === 'true';
  const isAtRisk = auth !== null && !isLoopback(url.hostname) && !secure && !ignoreTls;
  const requireTls = parameters.get('requireTLS');
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    auth,
    requireTls: requireTls === null ? isAtRisk : requireTls === 'true',
    ignoreTls,
    ca,
    servername: parameters.get('servername'),
    name: parameters.get('name'),
    maxConnections: Number(parameters.get('maxConnections') ?? 5),
    maxMessages: Number(parameters.get('maxMessages') ?? 100),
  };
}
