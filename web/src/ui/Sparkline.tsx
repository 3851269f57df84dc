import classes from './Sparkline.module.css';

const BAR = 6;
const GAP = 2;
const HEIGHT = 36;
const BASE = 1.5;

/**
 * One bar a day, the last one, which is still growing, marked. Drawn by hand: a chart library would be ten times
 * the rest of the page. `label` says in words what is to be seen.
 */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const most = Math.max(1, ...values);
  const last = values.length - 1;
  return (
    <svg
      className={classes.sparkline}
      role="img"
      aria-label={label}
      viewBox={`0 0 ${values.length * (BAR + GAP) - GAP} ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      <path
        className={classes.before}
        d={values
          .slice(0, last)
          .map((n, i) => bar(n, i, most))
          .join('')}
      />
      <path className={classes.last} d={bar(values[last] ?? 0, last, most)} />
    </svg>
  );
}

// A day with nothing still gets its line on the ground: a gap would read as a day that is not known.
function bar(n: number, i: number, most: number): string {
  const height = n === 0 ? BASE : Math.max(BASE * 2, (n / most) * HEIGHT);
  return `M${i * (BAR + GAP)} ${HEIGHT}v${-height}h${BAR}v${height}z`;
}
