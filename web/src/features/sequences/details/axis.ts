/** Numbers for a scale from 0 to at least `most`: whole, evenly apart, at most five of them above 0. */
export function scaleOf(most: number): number[] {
  const rough = Math.max(1, most / 5);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough) ?? 10;
  const step = factor * power;
  const count = Math.max(1, Math.ceil(most / step));
  return Array.from({ length: count + 1 }, (_, i) => i * step);
}

const STEPS = [1, 2, 3, 5, 7, 10, 14, 21, 28];

/**
 * Which of `n` bars get a label, at most `most` of them: evenly apart, and the last one among them, since that is
 * where a reader looks first.
 */
export function labelled(n: number, most: number): number[] {
  const wanted = Math.ceil(n / Math.max(1, most));
  const step = STEPS.find((candidate) => candidate >= wanted) ?? wanted;
  return Array.from({ length: n }, (_, i) => i).filter((i) => (n - 1 - i) % step === 0);
}

/** Which of `n` bars stands at `x`, where the first begins at `left` and all take `width`; null beside them. */
export function barAt(
  x: number,
  { n, left, width }: { n: number; left: number; width: number },
): number | null {
  const at = Math.floor(((x - left) / width) * n);
  return at >= 0 && at < n ? at : null;
}
