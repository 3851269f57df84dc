import { getOrMake } from '../lib/get_or_make.ts';
import { COUNTER_TABLES, COUNTERS, type CounterTable, type KeyOf, type SumsOf } from './counters.ts';

/** What is to be added to one row of a counter. `key` and `sums` are in the order of its declaration. */
export type Delta = { key: (string | number)[]; sums: number[]; latest: Date | null };

/** Collects what one transaction adds to the counters, one delta for each row that it moves. */
export class Deltas {
  readonly #byTable = new Map<CounterTable, { root: Place; deltas: Delta[] }>();

  add<T extends CounterTable>(table: T, key: KeyOf<T>, sums: SumsOf<T>, latest: Date | null = null): void {
    const delta = this.#deltaFor(table, key);
    const added = sums as Record<string, number>;
    COUNTERS[table].sums.forEach((column, i) => {
      delta.sums[i] = (delta.sums[i] ?? 0) + (added[column] ?? 0);
    });
    if (latest && (!delta.latest || latest > delta.latest)) delta.latest = latest;
  }

  /** The tables that are moved, in the order of their declaration, each with its deltas; no delta is all zero. */
  *tables(): Generator<[CounterTable, Delta[]]> {
    for (const table of COUNTER_TABLES) {
      const deltas = this.#byTable.get(table)?.deltas.filter(moves) ?? [];
      if (deltas.length > 0) yield [table, deltas];
    }
  }

  #deltaFor(table: CounterTable, key: Record<string, string | number>): Delta {
    const { root, deltas } = getOrMake(this.#byTable, table, () => ({ root: new Place(), deltas: [] }));
    const columns: readonly string[] = COUNTERS[table].key;
    let place = root;
    for (const column of columns) place = place.under(key[column] ?? '');
    if (!place.delta) {
      place.delta = {
        key: columns.map((column) => key[column] ?? ''),
        sums: COUNTERS[table].sums.map(() => 0),
        latest: null,
      };
      deltas.push(place.delta);
    }
    return place.delta;
  }
}

/**
 * Where a key is found, column by column. A batch adds to some thousand keys, and joining each into one text to look
 * it up took twice as long.
 */
class Place {
  delta: Delta | null = null;
  #next: Map<string | number, Place> | null = null;

  under(value: string | number): Place {
    this.#next ??= new Map();
    let place = this.#next.get(value);
    if (!place) {
      place = new Place();
      this.#next.set(value, place);
    }
    return place;
  }
}

function moves(delta: Delta): boolean {
  return delta.latest !== null || delta.sums.some((n) => n !== 0);
}
