import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mailbox, parseMailbox } from './delivery/render/mailbox.ts';
import { parseSmtpUrl, type SmtpServer } from './delivery/send/smtp_url.ts';

/** What the environment decides. Everything else is a setting in the database. */
export type Config = {
  /** 0 takes a free port. */
  port: number;
  host: string;
  /** Absolute. Where the embedded PostgreSQL lives when there is no `databaseUrl`. */
  dataDir: string;
  databaseUrl: string | null;
  /** Null: mail is captured. */
  smtp: SmtpServer | null;
  /** Mail is captured whatever SMTP_URL says, as in the demo. */
  alwaysCaptured: boolean;
  mailFrom: Mailbox;
  /** Without a slash at its end; null: `http://localhost:<port>`. */
  publicUrl: string | null;
  /** IANA name; the reporting zone of a new database. */
  timeZone: string;
  /** Whether the environment names the zone: then it is that of an old database as well. */
  isTimeZoneFixed: boolean;
  administrator: { email: string; password: string } | null;
  /** How long an analytics answer is kept that nothing changes; 0: not at all. */
  analyticsCacheSeconds: number;
  /** Proxies whose X-Forwarded-* headers are believed: `loopback`, addresses and networks. */
  trustProxy: string[];
  examples: boolean;
  logLevel: LogLevel;
};

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type ConfigResult = { ok: true; config: Config } | { ok: false; problems: string[] };

// Of the clone and not of the working directory: `npx sequitur` finds the same data from every folder in it.
const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Reads `.env` beside package.json, if there is one, and the environment, which wins over it. */
export function loadConfig(): ConfigResult {
  if (existsSync(`${ROOT}.env`)) process.loadEnvFile(`${ROOT}.env`);
  return readConfig(process.env, ROOT);
}

/**
 * Reads the configuration from `env`; `problems` has a sentence for every bad value. A blank one counts as
 * unset. Relative paths are taken from `root`.
 */
export function readConfig(env: Record<string, string | undefined>, root: string): ConfigResult {
  const problems: string[] = [];
  const read = <T>(name: string, parse: (text: string) => T | Bad, whenUnset: T): T => {
    const text = env[name]?.trim();
    if (!text) return whenUnset;
    const value = parse(text);
    if (!(value instanceof Bad)) return value;
    problems.push(`${name} ${value.problem}`);
    return whenUnset;
  };
  const port = read('PORT', parsePort, 3000);
  const config: Config = {
    port,
    host: read('HOST', (text) => text, '127.0.0.1'),
    dataDir: read('DATA_DIR', (text) => resolve(root, text), resolve(root, 'data')),
    databaseUrl: read<string | null>('DATABASE_URL', parseDatabaseUrl, null),
    smtp: read<SmtpServer | null>('SMTP_URL', parseSmtp, null),
    alwaysCaptured: false,
    mailFrom: read('MAIL_FROM', parseFrom, { name: 'Sequitur', address: 'sequitur@localhost' }),
    publicUrl: read<string | null>('PUBLIC_URL', parsePublicUrl, null),
    timeZone: read('TIME_ZONE', parseZone, Intl.DateTimeFormat().resolvedOptions().timeZone),
    isTimeZoneFixed: Boolean(env.TIME_ZONE?.trim()),
    administrator: null,
    analyticsCacheSeconds: read('ANALYTICS_CACHE_SECONDS', parseSeconds, 300),
    trustProxy: read('TRUST_PROXY', parseProxies, ['loopback']),
    examples: read('EXAMPLES', parseSwitch, true),
    logLevel: read('LOG_LEVEL', parseLevel, 'info'),
  };
  const email = env.ADMIN_EMAIL?.trim();
  const password = env.ADMIN_PASSWORD;
  if (password && password.length < 10) problems.push('ADMIN_PASSWORD must have at least 10 characters');
  if (email && !/^[^\s@]+@[^\s@]+$/.test(email)) problems.push('ADMIN_EMAIL must be an email address');
  if (email && password) config.administrator = { email, password };
  else if (email) problems.push('ADMIN_EMAIL needs ADMIN_PASSWORD beside it');
  else if (password) problems.push('ADMIN_PASSWORD needs ADMIN_EMAIL beside it');
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config };
}

class Bad {
  readonly problem: string;
  constructor(problem: string) {
    this.problem = problem;
  }
}

function parsePort(text: string): number | Bad {
  const port = Number(text);
  return Number.isInteger(port) && port >= 0 && port <= 65_535
    ? port
    : new Bad(`must be a number from 0 to 65535, not "${text}"`);
}

function parseSeconds(text: string): number | Bad {
  const seconds = Number(text);
  return Number.isInteger(seconds) && seconds >= 0 && seconds <= 86_400
    ? seconds
    : new Bad(`must be a whole number of seconds from 0 to 86400, not "${text}"`);
}

function parseDatabaseUrl(text: string): string | Bad {
  const url = URL.parse(text);
  const isPostgres = url?.protocol === 'postgres:' || url?.protocol === 'postgresql:';
  return isPostgres ? text : new Bad('must be a URL like postgres://user:password@host:5432/database');
}

function parseSmtp(text: string): SmtpServer | Bad {
  const parsed = parseSmtpUrl(text);
  return parsed.ok ? parsed.server : new Bad(parsed.problem);
}

function parseFrom(text: string): Mailbox | Bad {
  return parseMailbox(text) ?? new Bad(`must be one address, like Shop <hello@example.com>, not "${text}"`);
}

function parsePublicUrl(text: string): string | Bad {
  const url = URL.parse(text);
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (!url || !isWeb) return new Bad(`must be a URL like https://mail.example.com, not "${text}"`);
  if (url.pathname !== '/' || url.search || url.hash)
    return new Bad('must have nothing after the host and port');
  return url.origin;
}

function parseZone(text: string): string | Bad {
  // An offset means the opposite to PostgreSQL, and knows no summer time.
  if (!/^[A-Za-z]/.test(text)) return new Bad(`must be an IANA time zone, like Europe/Berlin, not "${text}"`);
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone && text;
  } catch {
    return new Bad(`must be an IANA time zone, like Europe/Berlin, not "${text}"`);
  }
}

function parseProxies(text: string): string[] | Bad {
  const names = ['loopback', 'linklocal', 'uniquelocal'];
  const proxies = text.split(',').map((proxy) => proxy.trim());
  const wrong = proxies.find((proxy) => {
    const [address = '', bits = '0', ...rest] = proxy.split('/');
    return !names.includes(proxy) && (isIP(address) === 0 || !/^\d{1,3}$/.test(bits) || rest.length > 0);
  });
  if (wrong === undefined) return proxies;
  return new Bad(`must list addresses or networks, like 10.0.0.0/8, or ${names.join(', ')}, not "${wrong}"`);
}

function parseSwitch(text: string): boolean | Bad {
  return text === 'on' || text === 'off' ? text === 'on' : new Bad(`must be on or off, not "${text}"`);
}

function parseLevel(text: string): LogLevel | Bad {
  const level = LOG_LEVELS.find((name) => name === text);
  return level ?? new Bad(`must be one of ${LOG_LEVELS.join(', ')}, not "${text}"`);
}
