import type { ListSearch, Sort } from './address.ts';
import type { SequenceSummary } from './queries.ts';

type Compare = (a: SequenceSummary, b: SequenceSummary) => number;

const names = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });
const byName: Compare = (a, b) => names.compare(a.sequence_name, b.sequence_name);

const orders: Record<Sort, Compare> = {
  // ISO moments sort as text; what was never active comes last.
  recent: (a, b) => (b.last_executed_at ?? '').localeCompare(a.last_executed_at ?? ''),
  triggered: (a, b) => b.trigger_count - a.trigger_count,
  people: (a, b) => b.unique_recipients - a.unique_recipients,
  name: byName,
};

/** The ids in the order asked for, equals by name. */
export function orderOf(cards: readonly SequenceSummary[], sort: Sort): string[] {
  const compare = orders[sort];
  return cards.toSorted((a, b) => compare(a, b) || byName(a, b)).map((card) => card.sequence_id);
}

/** Whether a card has the status asked for, and every word of the search in its name, key or description. */
export function isShown(card: SequenceSummary, { q, status }: Pick<ListSearch, 'q' | 'status'>): boolean {
  if (status && card.status !== status) return false;
  if (!q) return true;
  const text = `${card.sequence_name} ${card.sequence_key} ${card.description}`.toLocaleLowerCase();
  return q
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
