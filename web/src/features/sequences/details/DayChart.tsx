import { ChartTooltip, CompositeChart, type CompositeChartSeries } from '@mantine/charts';
import '@mantine/core/styles/ColorSwatch.layer.css';
import '@mantine/charts/styles.layer.css';
import { useReducedMotion } from '@mantine/hooks';
import { formatDay } from '../../../ui/dates.ts';
import { formatCount } from '../../../ui/numbers.ts';
import type { Point } from './queries.ts';
import { strings } from './strings.tsx';

// More bars than this are thinner than the gaps between them.
const MOST_BARS = 120;

/** Emails as bars (or, over many days, an area), the people of the same days as a line. */
export default function DayChart({ points }: { points: Point[] }) {
  const still = useReducedMotion();
  const emails = points.reduce((sum, point) => sum + point.executions, 0);
  const series = seriesOf(points.length > MOST_BARS ? 'area' : 'bar');
  const animated = { isAnimationActive: !still, animationDuration: 300 };
  return (
    <div role="img" aria-label={strings.chartLabel(emails, points.length)}>
      <CompositeChart
        h={272}
        data={points}
        dataKey="date"
        series={series}
        withDots={points.length < 3}
        curveType="monotone"
        maxBarWidth={28}
        strokeWidth={points.length > MOST_BARS ? 1.25 : 2}
        gridColor="var(--line)"
        textColor="var(--soft)"
        valueFormatter={formatCount}
        withLegend
        legendProps={{ verticalAlign: 'top', height: 36 }}
        xAxisProps={{ tickFormatter: (day: string) => formatDay(day, 'short'), minTickGap: 28 }}
        yAxisProps={{ allowDecimals: false, width: 52 }}
        barProps={{ radius: [3, 3, 0, 0], ...animated }}
        lineProps={animated}
        areaProps={{ fillOpacity: 0.2, ...animated }}
        tooltipProps={{
          content: ({ label, payload }) => (
            <ChartTooltip
              label={typeof label === 'string' ? formatDay(label, 'full') : ''}
              payload={payload}
              series={series}
              valueFormatter={formatCount}
            />
          ),
        }}
      />
    </div>
  );
}

function seriesOf(type: 'bar' | 'area'): CompositeChartSeries[] {
  return [
    { name: 'executions', label: strings.sent, color: 'var(--emails)', type },
    { name: 'unique_recipients', label: strings.people, color: 'var(--people)', type: 'line' },
  ];
}
