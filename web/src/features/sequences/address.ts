import type { SequenceStatus } from './queries.ts';

export const SORTS = ['recent', 'triggered', 'people', 'name'] as const;
export type Sort = (typeof SORTS)[number];

export const STATUSES: readonly SequenceStatus[] = ['active', 'paused', 'draft', 'archived'];

export const RANGES = ['7d', '30d', '90d', 'all'] as const;
export type Range = (typeof RANGES)[number];

/** What the list shows, as its address says it; what is left out is the default. */
export type ListSearch = { q?: string; sort?: Sort; status?: SequenceStatus };

/** Reads the list's part of an address. What it does not know it leaves out: an old link still opens the page. */
export function listSearch(raw: Record<string, unknown>): ListSearch {
  const q = typeof raw.q === 'string' ? raw.q.slice(0, 200) : '';
  const sort = SORTS.find((known) => known === raw.sort);
  const status = STATUSES.find((known) => known === raw.status);
  return { ...(q && { q }), ...(sort && { sort }), ...(status && { status }) };
}

/** Reads the details' part of an address: `time_range`, as the API calls it. */
export function detailsSearch(raw: Record<string, unknown>): { time_range?: Range } {
  const time_range = RANGES.find((known) => known === raw.time_range);
  return time_range ? { time_range } : {};
}
