/**
 * What part of a sequence's emails is asked for. No source means all of them; a step may be narrowed down to one
 * of its revisions.
 */
export type Filter = { sources: string[]; step: string | null; revision: number | null };

export const EVERYTHING: Filter = { sources: [], step: null, revision: null };

/** Why an answer has no number of people. */
export type NoPeople = 'several_sources' | 'step';

/**
 * Why distinct people cannot be told for this filter; null where they can. Somebody reached by two of several
 * sources, or by two steps, would be counted twice by any sum of what is kept, and a guess is worse than none.
 */
export function whyNoPeople({ sources, step }: Filter): NoPeople | null {
  if (step !== null) return 'step';
  return sources.length > 1 ? 'several_sources' : null;
}
