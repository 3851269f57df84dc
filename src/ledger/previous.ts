import type { Tx } from '../db/database.ts';
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

// The newest execution of each chain, as it stands after those already linked.
class Chains {
  readonly #last = new Map<string, Date>();

  constructor(rows: RecipientRow[]) {
    for (const row of rows) this.#advance(row, row.last_at);
  }

  /** Links `e` and makes it the newest of its chains; null, and nothing changed, when it is late. */
  extend(e: Execution): Link | null {
    const any = this.#last.get(e.contact_id);
    if (any && e.executed_at <= any) return null;
    const link = {
      execution: e,
      before: this.#last.get(ofSequence(e)) ?? null,
      beforeOfSource: this.#last.get(ofSource(e)) ?? null,
      beforeOfAny: any ?? null,
    };
    this.#advance(e, e.executed_at);
    return link;
  }

  #advance(of: Chained, at: Date): void {
    for (const chain of [of.contact_id, ofSequence(of), ofSource(of)]) {
      const last = this.#last.get(chain);
      if (!last || at > last) this.#last.set(chain, at);
    }
  }
}

type Chained = Pick<Execution, 'contact_id' | 'sequence_id' | 'source'>;

function ofSequence({ contact_id, sequence_id }: Chained): string {
  return `${contact_id} ${sequence_id}`;
}

function ofSource({ contact_id, sequence_id, source }: Chained): string {
  return `${contact_id} ${sequence_id} ${source}`;
}
