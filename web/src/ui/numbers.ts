const counts = new Intl.NumberFormat();

/** A whole number in the reader's own way: 1,284 or 1.284. Null, a number that cannot be told, is a dash. */
export function formatCount(n: number | null): string {
  return n === null ? '–' : counts.format(n);
}
