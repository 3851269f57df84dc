import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { domainToASCII } from 'node:url';
import { asciiDomainOf, type Mailbox } from '../render/mailbox.ts';
import { type DkimKey, parseDkimKey } from './dkim.ts';

/** As the environment has them; a blank one counts as unset. */
export type DkimValues = {
  DKIM_DOMAIN: string | undefined;
  DKIM_SELECTOR: string | undefined;
  DKIM_PRIVATE_KEY: string | undefined;
  DKIM_PRIVATE_KEY_FILE: string | undefined;
};
type Name = keyof DkimValues;

/** `dkim` null without problems: nothing is set. The problems are sentences, and never quote the key. */
export type DkimSettings = { dkim: DkimKey | null; problems: string[] };

/** Reads them: all are needed or none, the key as it is or in a file, whose path is taken from `root`. */
export function readDkim(values: DkimValues, root: string): DkimSettings {
  const problems: string[] = [];
  const read = <T>(name: Name, parse: (text: string) => T | string): T | null => {
    const text = values[name]?.trim();
    if (!text) return null;
    const value = parse(text);
    if (typeof value !== 'string') return value;
    problems.push(`${name} ${value}`);
    return null;
  };
  const domain = read('DKIM_DOMAIN', parseDomain);
  const selector = read('DKIM_SELECTOR', parseSelector);
  const given = read('DKIM_PRIVATE_KEY', parseKey);
  const filed = read('DKIM_PRIVATE_KEY_FILE', (path) => keyIn(resolve(root, path)));
  problems.push(...problemsTogether(NAMES.filter((name) => values[name]?.trim())));
  const privateKey = given ?? filed;
  if (problems.length > 0 || !domain || !selector || !privateKey) return { dkim: null, problems };
  return { dkim: { domain: domain.name, selector: selector.name, privateKey }, problems };
}

const NAMES: readonly Name[] = ['DKIM_DOMAIN', 'DKIM_SELECTOR', 'DKIM_PRIVATE_KEY', 'DKIM_PRIVATE_KEY_FILE'];

/** A sentence where receivers will not take the signature for the sender's. */
export function warningsOfDkim({ domain }: DkimKey, { address }: Mailbox): string[] {
  const from = asciiDomainOf(address);
  if (isAligned(domain, from)) return [];
  return [
    `Mail is signed for ${domain} (DKIM_DOMAIN) but comes from ${from} (MAIL_FROM): receivers do not take that for the sender's signature.`,
  ];
}

/** DMARC asks for the same organisation, which is told here by one domain being the other or lying in it. */
function isAligned(domain: string, from: string): boolean {
  return domain === from || domain.endsWith(`.${from}`) || from.endsWith(`.${domain}`);
}

function problemsTogether(set: Name[]): string[] {
  if (set.length === 0) return [];
  const keys = set.filter((name) => name.startsWith('DKIM_PRIVATE_KEY'));
  if (keys.length === 2) return ['DKIM_PRIVATE_KEY_FILE is set beside DKIM_PRIVATE_KEY: set one of them'];
  const missing: string[] = (['DKIM_DOMAIN', 'DKIM_SELECTOR'] as const).filter((name) => !set.includes(name));
  if (keys.length === 0) missing.push('DKIM_PRIVATE_KEY or DKIM_PRIVATE_KEY_FILE');
  return missing.length > 0
    ? [`${set.join(' and ')} ${set.length === 1 ? 'needs' : 'need'} ${missing.join(' and ')} beside it`]
    : [];
}

function parseDomain(text: string): { name: string } | string {
  const name = domainToASCII(text);
  return isName(name) ? { name } : `must be a domain, like example.com, not "${text}"`;
}

function parseSelector(text: string): { name: string } | string {
  if (isName(text)) return { name: text };
  return `must be what stands before ._domainkey in the public key's name, like mail, not "${text}"`;
}

function isName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9_][a-z0-9_-]{0,62}(\.[a-z0-9_][a-z0-9_-]{0,62})*$/i.test(text);
}

function parseKey(text: string): KeyObject | string {
  const parsed = parseDkimKey(text);
  return parsed.ok ? parsed.privateKey : parsed.problem;
}

function keyIn(path: string): KeyObject | string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return `cannot be read: ${error instanceof Error ? error.message : error}`;
  }
  const key = parseKey(text);
  return typeof key === 'string' ? `(${path}) ${key}` : key;
}
