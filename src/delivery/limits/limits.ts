import { z } from 'zod';
import { normaliseAddress } from '../../contacts/address.ts';
import type { Db, Tx } from '../../db/database.ts';
import { insertSetting, lockSetting, readSetting, writeSetting } from '../../db/settings.sql.ts';
import { forgetRefusal } from './slots.sql.ts';

export const MOST_PER_SECOND = 100_000;
export const MOST_PER_DAY = 1_000_000_000;
/** Domains that have limits of their own. */
export const MOST_DOMAINS = 1_000;

const limit = z.object({
  per_second: z.number().min(0.01).max(MOST_PER_SECOND).nullable(),
  per_day: z.int().min(1).max(MOST_PER_DAY).nullable(),
});

export const limitsSchema = z.object({
  overall: limit,
  each_domain: limit,
  domains: z.record(z.string(), limit),
});

/** Mails a second and mails a reporting day; null: as many as there are. */
export type Limit = z.infer<typeof limit>;
/** Of all mail, of each recipient domain's, and, in place of that, of a named domain's. */
export type Limits = z.infer<typeof limitsSchema>;
/** What is to change; what is not named stays. A domain that becomes null has no limits of its own any more. */
export type LimitsPatch = {
  overall?: LimitPatch | undefined;
  each_domain?: LimitPatch | undefined;
  domains?: Record<string, LimitPatch | null> | undefined;
};
type LimitPatch = { [field in keyof Limit]?: Limit[field] | undefined };

const NO_LIMIT: Limit = { per_second: null, per_day: null };
export const NO_LIMITS: Limits = { overall: NO_LIMIT, each_domain: NO_LIMIT, domains: {} };

const KEY = 'sending_limits';

/** The limits in force; none where none were ever set. */
export async function readLimits(db: Db | Tx): Promise<Limits> {
  const value = await readSetting(db, KEY);
  return value === undefined ? NO_LIMITS : limitsSchema.parse(value);
}

export type LimitsChange =
  | { outcome: 'changed'; limits: Limits }
  | { outcome: 'no_domain'; domain: string }
  | { outcome: 'too_many_domains' };

/** Changes limits in the caller's transaction, one change after the other. Changes nothing where `patch` is wrong. */
export async function changeLimits(tx: Tx, patch: LimitsPatch): Promise<LimitsChange> {
  await insertSetting(tx, KEY, NO_LIMITS);
  await lockSetting(tx, KEY);
  const before = await readLimits(tx);
  const domains = new Map(Object.entries(before.domains));
  for (const [name, change] of Object.entries(patch.domains ?? {})) {
    const domain = domainNamed(name);
    if (domain === null) return { outcome: 'no_domain', domain: name };
    if (change === null) domains.delete(domain);
    else domains.set(domain, patched(domains.get(domain) ?? NO_LIMIT, change));
  }
  if (domains.size > MOST_DOMAINS) return { outcome: 'too_many_domains' };
  const limits = {
    overall: patched(before.overall, patch.overall),
    each_domain: patched(before.each_domain, patch.each_domain),
    domains: Object.fromEntries([...domains].sort()),
  };
  await writeSetting(tx, KEY, limits);
  await forgetRefusal(tx);
  return { outcome: 'changed', limits };
}

function patched({ per_second, per_day }: Limit, change: LimitPatch = {}): Limit {
  return {
    per_second: change.per_second === undefined ? per_second : change.per_second,
    per_day: change.per_day === undefined ? per_day : change.per_day,
  };
}

/** As the addresses of contacts have it: in ASCII and lower case. Null for what is no domain. */
function domainNamed(name: string): string | null {
  const address = normaliseAddress(`name@${name}`);
  return address.ok && !name.includes('@') ? domainOf(address.email) : null;
}

/** The domain of a normalised address. */
export function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1);
}

/** The limit of a domain's mail. */
export function limitOf({ domains, each_domain }: Limits, domain: string): Limit {
  return (Object.hasOwn(domains, domain) ? domains[domain] : undefined) ?? each_domain;
}

export function isLimit({ per_second, per_day }: Limit): boolean {
  return per_second !== null || per_day !== null;
}
