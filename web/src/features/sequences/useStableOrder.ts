import { useMemo, useSyncExternalStore } from 'react';
import type { Sort } from './address.ts';
import { orderOf } from './order.ts';
import type { SequenceSummary } from './queries.ts';

/**
 * The cards in order, without moving under the reader's eyes as their counts tick: they are put in order anew
 * when the sort is changed, when a card is added or gone, and when the reader comes back to the page.
 */
export function useStableOrder(cards: readonly SequenceSummary[], sort: Sort): SequenceSummary[] {
  const visit = useSyncExternalStore(watchVisits, () => visits);
  const members = cards.map((card) => card.sequence_id).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: new counts alone must not move a card
  const order = useMemo(() => orderOf(cards, sort), [sort, members, visit]);
  const byId = new Map(cards.map((card) => [card.sequence_id, card]));
  return order.flatMap((id) => byId.get(id) ?? []);
}

let visits = 0;

function watchVisits(onVisit: () => void): () => void {
  const count = () => {
    if (document.visibilityState !== 'visible') return;
    visits += 1;
    onVisit();
  };
  document.addEventListener('visibilitychange', count);
  return () => document.removeEventListener('visibilitychange', count);
}
