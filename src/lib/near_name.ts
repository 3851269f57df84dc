/**
 * Which of `names` somebody may have meant who wrote `name`: the nearest one, within `most` slips (a letter too much, too
 * few, another, or two in the wrong order). Case does not count. Undefined where none is so near.
 */
export function nearName<T extends string>(name: string, names: readonly T[], most: number): T | undefined {
  const distances = names.map((known) => ({ known, slips: slipsBetween(name.toUpperCase(), known) }));
  return distances.sort((a, b) => a.slips - b.slips).find(({ slips }) => slips <= most)?.known;
}

/** The optimal string alignment distance: Levenshtein's, where two neighbours that changed places are one slip. */
function slipsBetween(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = at(row, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? at(before, j - 2) + 1 : changed;
      next.push(Math.min(changed, swapped, at(row, j) + 1, at(next, j - 1) + 1));
    }
    before = row;
    row = next;
  }
  return at(row, b.length);
}

function at(row: number[], j: number): number {
  return row[j] ?? Number.POSITIVE_INFINITY;
}
