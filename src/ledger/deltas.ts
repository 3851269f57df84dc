import { getOrMake } from '../lib/get_or_make.ts';
import { COUNTER_TABLES, COUNTERS, type CounterTable, type KeyOf, type SumsOf } from './counters.ts';

/** What is to be added to one row of a counter. `key` and `sums` are in the order of its declaration. */
export type Delta = { key: (string | number)[]; sums: number[]; latest: Date | null };

/** Collects what one transaction adds to the counters, one delta for each row that it moves. */
export class Deltas {
  readonly #byTable = new Map<CounterTable, Place>();

  add<T extends CounterTable>(table: T, key: KeyOf<T>, sums: SumsOf<T>, latest: Date | null = null): void {
    const delta = this.#deltaFor(table, key);
    const added = sums as Record<string, number>;
    COUNTERS[table].sums.forEach((column, i) => {
      delta.sums[i] = (delta.sums[i] ?? 0) + (added[column] ?? 0);
    });
    if (latest && (!delta.latest || latest > delta.latest)) delta.latest = latest;
  }

  /**
   * The tables that are moved, in the order of their declaration, each with its deltas; no delta is all zero. Those
   * whose keys begin alike follow one another, as they do in the counter's index.
   */
  *tables(): Generator<[CounterTable, Delta[]]> {
    for (const table of COUNTER_TABLES) {
      const deltas = [...(this.#byTable.get(table)?.deltas() ?? [])].filter(moves);
      if (deltas.length > 0) yield [table, deltas];
    }
  }

  #deltaFor(table: CounterTable, key: Record<string, string | number>): Delta {
    const columns: readonly string[] = COUNTERS[table].key;
    let place = getOrMake(this.#byTable, table, () => new Place());
    for (const column of columns) place = place.under(key[column] ?? '');
    place.delta ??= {
      key: columns.map((column) => key[column] ?? ''),
      sums: COUNTERS[table].sums.map(() => 0),
      latest: null,
    };
    return place.delta;
  }
}

/**
 * Where a key is found, column by column. A batch adds to some thousand keys: joining each into one text, to look it
 * up by that, took twice as long.
 */
class Place {
  delta: Delta | null = null;
  #below: Map<string | number, Place> | null = null;

  under(value: string | number): Place {
    this.#below ??= new Map();
    let place = this.#below.get(value);
    if (!place) {
      place = new Place();
      this.#below.set(value, place);
    }
    return place;
  }

  /** The deltas here and below. */
  *deltas(): Generator<Delta> {
    if (this.delta) yield this.delta;
    for (const place of this.#below?.values() ?? []) yield* place.deltas();
  }
}

function moves(delta: Delta): boolean {
  return delta.latest !== null || delta.sums.some((n) => n !== 0);
}
