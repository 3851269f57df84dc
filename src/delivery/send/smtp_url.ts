import { isIP } from 'node:net';

/** A mail server and how to talk to it, as read from an SMTP URL. */
export type SmtpServer = {
  host: string;
  port: number;
  /** TLS from the first byte (`smtps:`); otherwise STARTTLS is used wherever the server offers it. */
  secure: boolean;
  auth: { user: string; pass: string } | null;
  /** Give up rather than send without TLS. */
  requireTls: boolean;
  /** Never use STARTTLS. */
  ignoreTls: boolean;
  /** What to call ourselves in EHLO; null: the machine's own name, or `[127.0.0.1]` where that has no dot. */
  name: string | null;
  maxConnections: number;
  /** Mails over one connection before it is replaced. */
  maxMessages: number;
};

export type SmtpUrlResult = { ok: true; server: SmtpServer } | { ok: false; problem: string };

/**
 * Reads `smtp://user:password@host:port?requireTLS=true`, or says what is wrong with it, never printing the password.
 * Ports default to 587, and to 465 for `smtps:`. Parameters: `requireTLS`, `ignoreTLS` (`true` or `false`), `name`,
 * `maxConnections` (1 to 100, default 5), `maxMessages` (1 to 10,000, default 100).
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
  try {
    return { ok: true, server: serverOf(url) };
  } catch {
    return refused('has a user name or password that is not percent-encoded');
  }
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

const PARAMETERS: Record<string, Parameter> = {
  requireTLS: FLAG,
  ignoreTLS: FLAG,
  name: { isValid: (value) => /^[A-Za-z0-9.:[\]-]+$/.test(value), expects: 'a host name' },
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

function serverOf(url: URL): SmtpServer {
  const secure = url.protocol === 'smtps:';
  const parameters = url.searchParams;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    auth: url.username
      ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
      : null,
    requireTls: parameters.get('requireTLS') === 'true',
    ignoreTls: parameters.get('ignoreTLS') === 'true',
    name: parameters.get('name'),
    maxConnections: Number(parameters.get('maxConnections') ?? 5),
    maxMessages: Number(parameters.get('maxMessages') ?? 100),
  };
}
