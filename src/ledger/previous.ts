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

/** The total order of executions: by instant, then by id as PostgreSQL compares UUIDs. */
export function inOrder(a: Execution, b: Execution): number {
  const apart = a.executed_at.getTime() - b.executed_at.getTime();
  if (apart !== 0) return apart;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

// The newest execution of each chain, as it stands after those already linked. Maps within maps, since a batch
// looks some thousand chains up: one text for each chain took four times as long.
class Chains {
  readonly #contacts = new Map<string, Chain>();

  constructor(rows: RecipientRow[]) {
    for (const row of rows) {
      for (const chain of this.#chainsOf(row))
        if (!chain.last || row.last_at > chain.last) chain.last = row.last_at;
    }
  }

  /** Links `e` and makes it the newest of its chains; null, and nothing changed, when it is late. */
  extend(e: Execution): Link | null {
    const [any, ofSequence, ofSource] = this.#chainsOf(e);
    if (any.last && e.executed_at <= any.last) return null;
    const link = {
      execution: e,
      before: ofSequence.last,
      beforeOfSource: ofSource.last,
      beforeOfAny: any.last,
    };
    for (const chain of [any, ofSequence, ofSource]) chain.last = e.executed_at;
    return link;
  }

  #chainsOf({ contact_id, sequence_id, source }: Chained): [any: Chain, ofSequence: Chain, ofSource: Chain] {
    const any = getOrMake(this.#contacts, contact_id, newChain);
    const ofSequence = getOrMake(any.parts, sequence_id, newChain);
    return [any, ofSequence, getOrMake(ofSequence.parts, source, newChain)];
  }
}

type Chained = Pick<Execution, 'contact_id' | 'sequence_id' | 'source'>;

/** A contact's chain, whose parts are those of its sequences, whose parts are those of their sources. */
type Chain = { last: Date | null; parts: Map<string, Chain> };

function newChain(): Chain {
  return { last: null, parts: new Map() };
}
