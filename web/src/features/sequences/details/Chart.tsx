import { useElementSize } from '@mantine/hooks';
import { type PointerEvent, useMemo, useState } from 'react';
import { formatCount } from '../../../ui/numbers.ts';
import { barAt, labelled, scaleOf } from './axis.ts';
import { bucketText } from './buckets.ts';
import classes from './Chart.module.css';
import { type Metric, Plot, SIDES } from './Plot.tsx';
import type { Series } from './queries.ts';
import { strings } from './strings.tsx';

const LABEL_WIDTH = 64;
const METRICS: readonly Metric[] = ['executions', 'unique_recipients'];
const NO_LABELS: readonly number[] = [];

/**
 * Emails and people over time, one plot above the other on the same scale: on most days the two are nearly equal,
 * and drawn into one another they would hide each other. What is pointed at is told above the bars, not over them.
 */
export default function Chart({ series }: { series: Series }) {
  const { points, interval, time_range } = series;
  const { ref, width } = useElementSize();
  const [pointed, setPointed] = useState<number | null>(null);
  const plot = { n: points.length, left: SIDES.left, width: Math.max(1, width - SIDES.left - SIDES.right) };
  const scale = useMemo(() => scaleOf(Math.max(...points.map((point) => point.executions))), [points]);
  const most = Math.floor(plot.width / LABEL_WIDTH);
  const labels = useMemo(() => labelled(points.length, most), [points, most]);
  const point = ({ clientX, currentTarget }: PointerEvent) =>
    setPointed(barAt(clientX - currentTarget.getBoundingClientRect().left, plot));
  const emails = points.reduce((sum, { executions }) => sum + executions, 0);
  // A range that is not 'custom' ends with today.
  const growing = time_range !== 'custom';
  return (
    <div
      ref={ref}
      className={classes.chart}
      role="img"
      aria-label={strings.chartLabel(emails, points.length, interval)}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={() => setPointed(null)}
    >
      {METRICS.map((metric, i) => (
        <div key={metric}>
          <Head series={series} metric={metric} pointed={pointed} />
          <Plot
            points={points}
            interval={interval}
            metric={metric}
            scale={scale}
            labels={i === METRICS.length - 1 ? labels : NO_LABELS}
            growing={growing}
          />
        </div>
      ))}
      {pointed !== null && (
        <div
          className={classes.band}
          style={{ left: plot.left + (pointed * plot.width) / plot.n, width: plot.width / plot.n }}
        />
      )}
    </div>
  );
}

type HeadProps = { series: Series; metric: Metric; pointed: number | null };

// The name of a plot, and the number of the bar that is pointed at; else of the tallest one.
function Head({ series: { points, interval, to }, metric, pointed }: HeadProps) {
  const numbers = points.map((point) => point[metric] ?? 0);
  const shown = pointed ?? numbers.lastIndexOf(Math.max(...numbers));
  const date = points[shown]?.date ?? to;
  const when = bucketText(interval, { date, next: points[shown + 1]?.date, to });
  return (
    <p className={classes.head}>
      <span className={classes.name} data-series={metric}>
        {strings.metrics[metric]}
      </span>
      <span className={classes.told}>
        {pointed === null && `${strings.most} `}
        <b>{formatCount(numbers[shown] ?? 0)}</b> · {when}
      </span>
    </p>
  );
}
