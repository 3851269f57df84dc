import { getOrMake } from '../lib/get_or_make.ts';
import { COUNTER_TABLES, COUNTERS, type CounterTable, type KeyOf, type SumsOf } from './counters.ts';

/** What is to be added to one row of a counter. `key` and `sums` are in the order of its declaration. */
export type Delta = { key: (string | number)[]; sums: number[]; latest: Date | null };

/** Collects what one transaction adds to the counters, one delta for each row that it moves. */
export class Deltas {
  readonly #byTable = new Map<CounterTable, Map<string, Delta>>();

  add<T extends CounterTable>(table: T, key: KeyOf<T>, sums: SumsOf<T>, latest: Date | null = null): void {
    const counter = COUNTERS[table];
    const values = counter.key.map((column) => (key as Record<string, string | number>)[column] ?? '');
    const delta = this.#deltaFor(table, values, counter.sums.length);
    counter.sums.forEach((column, i) => {
      delta.sums[i] = (delta.sums[i] ?? 0) + ((sums as Record<string, number>)[column] ?? 0);
    });
    if (latest && (!delta.latest || latest > delta.latest)) delta.latest = latest;
  }

  /** The tables that are moved, in the order of their declaration, each with its deltas; no delta is all zero. */
  *tables(): Generator<[CounterTable, Delta[]]> {
    for (const table of COUNTER_TABLES) {
      const deltas = [...(this.#byTable.get(table)?.values() ?? [])].filter(moves);
      if (deltas.length > 0) yield [table, deltas];
    }
  }

  #deltaFor(table: CounterTable, key: (string | number)[], sums: number): Delta {
    const rows = getOrMake(this.#byTable, table, () => new Map());
    return getOrMake(rows, key.join('\n'), () => ({ key, sums: new Array(sums).fill(0), latest: null }));
  }
}

function moves(delta: Delta): boolean {
  return delta.latest !== null || delta.sums.some((n) => n !== 0);
}
