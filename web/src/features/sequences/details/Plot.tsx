import { BarChart } from '@mantine/charts';
import '@mantine/charts/styles.layer.css';
import { useReducedMotion } from '@mantine/hooks';
import { memo } from 'react';
import { formatCount } from '../../../ui/numbers.ts';
import { bucketLabel, type Interval } from './buckets.ts';
import type { Point } from './queries.ts';

export type Metric = 'executions' | 'unique_recipients';

export type PlotProps = {
  points: readonly Point[];
  interval: Interval;
  metric: Metric;
  /** The numbers on the scale, 0 first. */
  scale: readonly number[];
  /** Which points have a label under them; none where another plot below has the labels. */
  labels: readonly number[];
  /** Whether the last point is of days that are not over. */
  growing: boolean;
};

/** In pixels: what stands left and right of the bars. The same in every plot, so that their bars are in line. */
export const SIDES = { left: 44, right: 22 };

const HEIGHT = 128;
const LABELS_HEIGHT = 26;
const MARGIN = { top: 6, right: SIDES.right, bottom: 0, left: 0 };

/** One number of each point as a bar. Only bars: a line would lead the eye through values that there never were. */
export const Plot = memo(function Plot(props: PlotProps) {
  const { points, interval, metric, scale, labels, growing } = props;
  const still = useReducedMotion();
  const { full, pale } = colors[metric];
  const withLabels = labels.length > 0;
  return (
    <BarChart
      h={HEIGHT + (withLabels ? LABELS_HEIGHT : 0)}
      data={points.map((point, i) => ({ ...point, color: growing && i === points.length - 1 ? pale : full }))}
      dataKey="date"
      series={[{ name: metric, color: full }]}
      withTooltip={false}
      withXAxis={withLabels}
      maxBarWidth={44}
      gridColor="var(--line)"
      textColor="var(--soft)"
      strokeDasharray="0"
      barChartProps={{ accessibilityLayer: false, barCategoryGap: '16%', margin: MARGIN }}
      barProps={{ radius: [2, 2, 0, 0], isAnimationActive: !still, animationDuration: 250 }}
      xAxisProps={{
        ticks: labels.flatMap((i) => points[i]?.date ?? []),
        tickFormatter: (day: string) => bucketLabel(interval, day),
        interval: 0,
        height: LABELS_HEIGHT,
      }}
      yAxisProps={{
        ticks: [...scale],
        domain: [0, scale.at(-1) ?? 1],
        tickFormatter: scaleText,
        interval: 0,
        width: SIDES.left,
      }}
    />
  );
});

// In full for as long as there is room.
function scaleText(n: number): string {
  return n < 10_000 ? formatCount(n) : compact.format(n);
}

const compact = new Intl.NumberFormat(undefined, { notation: 'compact' });

const colors: Record<Metric, { full: string; pale: string }> = {
  executions: { full: 'var(--emails)', pale: 'var(--emails-growing)' },
  unique_recipients: { full: 'var(--people)', pale: 'var(--people-growing)' },
};
