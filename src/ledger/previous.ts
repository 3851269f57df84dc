import type { Tx } from '../db/database.ts';
import { getOrMake } from '../lib/get_or_make.ts';
import type { Execution } from './facts.ts';
import { type RecipientRow, readRecipients } from './record.sql.ts';

/** An execution with the instants of those before it in its three chains; null where it is the first. */
export type Link = {
  execution: Execution;
  /** Of the same sequence and contact. */
  before: Date | null;
  /** Of the same sequence, contact and source. */
  beforeOfSource: Date | null;
  /** Of the same contact, any sequence. */
  beforeOfAny: Date | null;
};

/**
 * Divides executions of one lane into those later than everything known of their contact, linked to the one
 * before in constant time, and the late ones, which need a search. The order is (executed_at, id): an equal
 * instant counts as late, since only the search compares ids.
 */
export async function linkToPrevious(
  tx: Tx,
  lane: number,
  executions: Execution[],
): Promise<{ live: Link[]; late: Execution[] }> {
  if (executions.length === 0) return { live: [], late: [] };
  const contacts = [...new Set(executions.map((e) => e.contact_id))];
  const chains = new Chains(await readRecipients(tx, lane, contacts));
  const live: Link[] = [];
  const late: Execution[] = [];
  for (const execution of [...executions].sort(inOrder)) {
    const link = chains.extend(execution);
    if (link) live.push(link);
    else late.push(execution);
  }
  return { live, late };
}

type Place = Pick<Execution, 'executed_at' | 'id'>;

/** The total order of executions: by instant, then by id as PostgreSQL compares UUIDs. */
export function inOrder(a: Place, b: Place): number {
  const apart = a.executed_at.getTime() - b.executed_at.getTime();
  if (apart !== 0) return apart;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

// The newest executions of each contact, as they stand after those already linked.
class Chains {
  readonly #contacts = new Map<string, Known>();

  constructor(rows: RecipientRow[]) {
    for (const { contact_id, sequence_id, source, last_at } of rows) {
      const known = getOrMake(this.#contacts, contact_id, nothingKnown);
      known.chains.push({ sequence_id, source, last: last_at });
      known.any = later(known.any, last_at);
    }
  }

  /** Links `e` and makes it the newest of its chains; null, and nothing changed, when it is late. */
  extend(e: Execution): Link | null {
    const known = getOrMake(this.#contacts, e.contact_id, nothingKnown);
    if (known.any && e.executed_at.getTime() <= known.any.getTime()) return null;
    const link: Link = { execution: e, before: null, beforeOfSource: null, beforeOfAny: known.any };
    known.any = e.executed_at;
    for (const chain of known.chains) {
      if (chain.sequence_id !== e.sequence_id) continue;
      link.before = later(link.before, chain.last);
      if (chain.source !== e.source) continue;
      link.beforeOfSource = chain.last;
      chain.last = e.executed_at;
    }
    if (!link.beforeOfSource)
      known.chains.push({ sequence_id: e.sequence_id, source: e.source, last: e.executed_at });
    return link;
  }
}

/** A contact's newest execution of all, and of each sequence and source: few, so that they are looked through. */
type Known = { any: Date | null; chains: { sequence_id: string; source: string; last: Date }[] };

function nothingKnown(): Known {
  return { any: null, chains: [] };
}

function later(a: Date | null, b: Date): Date {
  return a && a.getTime() > b.getTime() ? a : b;
}
