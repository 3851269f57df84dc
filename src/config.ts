import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mailbox, parseMailbox } from './delivery/render/mailbox.ts';
import type { DkimKey } from './delivery/send/dkim.ts';
import { readDkim, warningsOfDkim } from './delivery/send/dkim_settings.ts';
import { parseSmtpUrl, type SmtpServer } from './delivery/send/smtp_url.ts';
import { envLines } from './lib/env_file.ts';
import { nearName } from './lib/near_name.ts';

/** What the environment decides. Everything else is a setting in the database. */
export type Config = {
  /** 0 takes a free port. */
  port: number;
  host: string;
  /** Absolute. Where the embedded PostgreSQL lives when there is no `databaseUrl`. */
  dataDir: string;
  databaseUrl: string | null;
  /** How many processes `start` has send for it; 0: it sends by itself. */
  workers: number;
  /** Null: mail is captured. */
  smtp: SmtpServer | null;
  /** Mail is captured whatever SMTP_URL says, as in the demo. */
  alwaysCaptured: boolean;
  mailFrom: Mailbox;
  /** What mail is signed with; null: it is not signed here. */
  dkim: DkimKey | null;
  /** Without a slash at its end; null: `http://localhost:<port>`. */
  publicUrl: string | null;
  /** IANA name; the reporting zone of a new database. */
  timeZone: string;
  /** Whether the environment names the zone: then it is that of an old database as well. */
  isTimeZoneFixed: boolean;
  administrator: { email: string; password: string } | null;
  /** How long an analytics answer is kept that nothing changes; 0: not at all. */
  analyticsCacheSeconds: number;
  /** Where analytics answers are kept; null: in memory. */
  redisUrl: string | null;
  /** How long a lane stays with a process that is not heard of any more. */
  laneLeaseMs: number;
  /** Proxies whose X-Forwarded-* headers are believed: `loopback`, addresses and networks. */
  trustProxy: string[];
  examples: boolean;
  logLevel: LogLevel;
  /** Sentences about what was put up with, for whoever starts a server. */
  warnings: string[];
};

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const NAMES = [
  'ADMIN_EMAIL',
  'ADMIN_PASSWORD',
  'ANALYTICS_CACHE_SECONDS',
  'DATABASE_URL',
  'DATA_DIR',
  'DKIM_DOMAIN',
  'DKIM_PRIVATE_KEY',
  'DKIM_PRIVATE_KEY_FILE',
  'DKIM_SELECTOR',
  'EXAMPLES',
  'HOST',
  'LANE_LEASE_SECONDS',
  'LOG_LEVEL',
  'MAIL_FROM',
  'PORT',
  'PUBLIC_URL',
  'REDIS_URL',
  'SMTP_URL',
  'TIME_ZONE',
  'TRUST_PROXY',
  'WORKERS',
] as const;
type Name = (typeof NAMES)[number];
// Node's own, PostgreSQL's client's, and those of terminals.
const OTHERS_NAMES = /^(TZ|NO_COLOR|FORCE_COLOR|(NODE|PG)\w+)$/;

export type ConfigResult = { ok: true; config: Config } | { ok: false; problems: string[] };

// Of the clone and not of the working directory: `npx sequitur` finds the same data from every folder in it.
const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Reads `.env` beside package.json, if there is one, and the environment, which wins over it. */
export function loadConfig(): ConfigResult {
  const path = `${ROOT}.env`;
  if (!existsSync(path)) return readConfig(process.env, ROOT);
  const problems = problemsOfFile(readFileSync(path, 'utf8'));
  if (problems.length > 0) return { ok: false, problems };
  process.loadEnvFile(path);
  return readConfig(process.env, ROOT);
}

/**
 * A sentence for every line of a `.env` file that would have no effect: a slip in SMTP_URL would capture mail that was to
 * be sent. A line that is no assignment is not quoted, as it may hold a password.
 */
export function problemsOfFile(text: string): string[] {
  return envLines(text).flatMap(({ line, name }) => {
    if (name === null)
      return `.env, line ${line}, assigns nothing: write NAME=value, or # in front of a comment`;
    if (isKnown(name) || OTHERS_NAMES.test(name)) return [];
    const meant = nearName(name, NAMES, Math.min(3, Math.floor(name.length / 3)));
    return `.env, line ${line}: ${name} is no setting${meant ? `; did you mean ${meant}?` : ' of Sequitur'}`;
  });
}

function isKnown(name: string): boolean {
  return NAMES.some((known) => known === name);
}

/**
 * Reads the configuration from `env`; `problems` has a sentence for every bad value. A blank one counts as
 * unset. Relative paths are taken from `root`.
 */
export function readConfig(env: Record<string, string | undefined>, root: string): ConfigResult {
  const problems: string[] = [];
  const read = <T>(name: Name, parse: (text: string) => T | Bad, whenUnset: T): T => {
    const text = env[name]?.trim();
    if (!text) return whenUnset;
    const value = parse(text);
    if (!(value instanceof Bad)) return value;
    problems.push(`${name} ${value.problem}`);
    return whenUnset;
  };
  const port = read('PORT', parsePort, 3000);
  const machineZone = zoneOfMachine(env.TZ);
  const signing = readDkim(
    {
      DKIM_DOMAIN: env.DKIM_DOMAIN,
      DKIM_SELECTOR: env.DKIM_SELECTOR,
      DKIM_PRIVATE_KEY: env.DKIM_PRIVATE_KEY,
      DKIM_PRIVATE_KEY_FILE: env.DKIM_PRIVATE_KEY_FILE,
    },
    root,
  );
  problems.push(...signing.problems);
  const config: Config = {
    port,
    host: read('HOST', (text) => text, '127.0.0.1'),
    dataDir: read('DATA_DIR', (text) => resolve(root, text), resolve(root, 'data')),
    databaseUrl: read<string | null>('DATABASE_URL', parseDatabaseUrl, null),
    workers: read('WORKERS', parseWorkers, 0),
    smtp: read<SmtpServer | null>('SMTP_URL', parseSmtp, null),
    alwaysCaptured: false,
    mailFrom: read('MAIL_FROM', parseFrom, { name: 'Sequitur', address: 'sequitur@localhost' }),
    dkim: signing.dkim,
    publicUrl: read<string | null>('PUBLIC_URL', parsePublicUrl, null),
    timeZone: read('TIME_ZONE', parseZone, machineZone.name),
    isTimeZoneFixed: Boolean(env.TIME_ZONE?.trim()),
    administrator: null,
    analyticsCacheSeconds: read('ANALYTICS_CACHE_SECONDS', secondsBetween(0, 86_400), 300),
    redisUrl: read<string | null>('REDIS_URL', parseRedisUrl, null),
    laneLeaseMs: read('LANE_LEASE_SECONDS', secondsBetween(2, 300), 15) * 1_000,
    trustProxy: read('TRUST_PROXY', parseProxies, ['loopback']),
    examples: read('EXAMPLES', parseSwitch, true),
    logLevel: read('LOG_LEVEL', parseLevel, 'info'),
    warnings: warningsOfNames(env),
  };
  if (config.dkim) config.warnings.push(...warningsOfDkim(config.dkim, config.mailFrom));
  if (!config.isTimeZoneFixed && machineZone.warning) config.warnings.push(machineZone.warning);
  const email = env.ADMIN_EMAIL?.trim();
  const password = env.ADMIN_PASSWORD;
  if (password && password.length < 10) problems.push('ADMIN_PASSWORD must have at least 10 characters');
  if (email && !/^[^\s@]+@[^\s@]+$/.test(email)) problems.push('ADMIN_EMAIL must be an email address');
  if (email && password) config.administrator = { email, password };
  else if (email) problems.push('ADMIN_EMAIL needs ADMIN_PASSWORD beside it');
  else if (password) problems.push('ADMIN_PASSWORD needs ADMIN_EMAIL beside it');
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config };
}

/**
 * The environment is everybody's, so only what is very near to one of our names, and stands there instead of it, is taken
 * for a slip.
 */
function warningsOfNames(env: Record<string, string | undefined>): string[] {
  const unset = NAMES.filter((name) => env[name] === undefined && name.length >= 8);
  return Object.keys(env).flatMap((name) => {
    const meant = isKnown(name) ? undefined : nearName(name, unset, meantWithin(name));
    return meant ? `${name} is set, which is no setting of Sequitur; did you mean ${meant}?` : [];
  });
}

// One slip in SMTP_URL, two in DATABASE_URL.
function meantWithin(name: string): number {
  return name.length >= 10 ? 2 : 1;
}

// Each has twenty connections of its own, and the embedded PostgreSQL has room for so many.
const MOST_WORKERS = 16;

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

function secondsBetween(least: number, most: number): (text: string) => number | Bad {
  return (text) => {
    const seconds = Number(text);
    return Number.isInteger(seconds) && seconds >= least && seconds <= most
      ? seconds
      : new Bad(`must be a whole number of seconds from ${least} to ${most}, not "${text}"`);
  };
}

function parseWorkers(text: string): number | Bad {
  const workers = Number(text);
  return Number.isInteger(workers) && workers >= 0 && workers <= MOST_WORKERS
    ? workers
    : new Bad(`must be a number of processes from 0 to ${MOST_WORKERS}, not "${text}"`);
}

function parseDatabaseUrl(text: string): string | Bad {
  const url = URL.parse(text);
  const isPostgres = url?.protocol === 'postgres:' || url?.protocol === 'postgresql:';
  return isPostgres ? text : new Bad('must be a URL like postgres://user:password@host:5432/database');
}

function parseRedisUrl(text: string): string | Bad {
  const url = URL.parse(text);
  const isServer = /^rediss?:$/.test(url?.protocol ?? '') && url?.hostname && /^\/?\d*$/.test(url.pathname);
  const isSocket = /^unix:\/\/([^@/?#]*@)?\/[^?#]+(\?db=\d+)?$/.test(text);
  // Everything in it is percent-decoded one day, and not while it is read.
  if ((isServer || isSocket) && isEncoded(text)) return text;
  return new Bad('must be a URL like redis://user:password@host:6379/0, or unix:///run/redis.sock?db=0');
}

function isEncoded(text: string): boolean {
  try {
    return decodeURIComponent(text) !== '';
  } catch {
    return false;
  }
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

/** The zone of this process; UTC, with a sentence about it, where TZ names none. */
function zoneOfMachine(tz: string | undefined): { name: string; warning?: string } {
  // What Node cannot make out of TZ has no name at all, and a blank one that of no place.
  const { timeZone: name } = new Intl.DateTimeFormat().resolvedOptions() as { timeZone?: string };
  if (name && name !== 'Etc/Unknown') return { name };
  const given =
    tz === undefined ? "The machine's time zone is unknown" : `TZ is "${tz}", which names no time zone`;
  return {
    name: 'UTC',
    warning: `${given}: a new database counts its days in UTC. Set TIME_ZONE to have them counted elsewhere.`,
  };
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
