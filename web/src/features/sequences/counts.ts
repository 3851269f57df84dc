import type { Summary } from './queries.ts';

/** What the stream tells: the cards that changed, and the totals over all of them. */
export type Counts = Pick<Summary, 'sequences' | 'totals' | 'as_of'>;

/**
 * The summary with the counts put in, unless they are older than it. Cards that did not change stay the same
 * objects, so that they are not drawn again; new ones come last.
 */
export function withCounts(summary: Summary, counts: Counts): Summary {
  if (counts.as_of < summary.as_of) return summary;
  const changed = new Map(counts.sequences.map((card) => [card.sequence_id, card]));
  const known = summary.sequences.map((card) => changed.get(card.sequence_id) ?? card);
  const ids = new Set(summary.sequences.map((card) => card.sequence_id));
  const added = counts.sequences.filter((card) => !ids.has(card.sequence_id));
  return { ...summary, sequences: [...known, ...added], totals: counts.totals, as_of: counts.as_of };
}

/** `known` with what `counts` says, one entry a sequence, oldest first. */
export function newestOf(known: readonly Counts[], counts: Counts): Counts[] {
  const told = new Set(counts.sequences.map((card) => card.sequence_id));
  const others = known.filter(({ sequences }) => !sequences.some((card) => told.has(card.sequence_id)));
  return [...others, ...counts.sequences.map((card) => ({ ...counts, sequences: [card] }))];
}
