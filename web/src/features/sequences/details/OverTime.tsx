import { SegmentedControl, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { detailOf } from '../../../api/problem.ts';
import { FailureNotice } from '../../../ui/FailureNotice.tsx';
import { Panel } from '../../../ui/Panel.tsx';
import table from '../../../ui/table.module.css';
import type { Range } from '../address.ts';
import type { Interval } from './buckets.ts';
import { ChartTable } from './ChartTable.tsx';
import { type Series, seriesQuery } from './queries.ts';
import { strings } from './strings.tsx';

// The chart library weighs as much as all the rest: it is fetched when the first chart is opened.
const Chart = lazy(() => import('./Chart.tsx'));

const VIEWS = ['chart', 'table'] as const;
type View = (typeof VIEWS)[number];

export type OverTimeProps = { sequenceId: string; range: Range; interval: Interval };

/** Emails and people of each day, week or month, as a chart, or as a table of the same numbers. */
export function OverTime({ sequenceId, range, interval }: OverTimeProps) {
  const [view, setView] = useState<View>('chart');
  const { data, error, refetch } = useQuery(seriesQuery(sequenceId, range, interval));
  // While another range loads, the one before it is still shown, in its own interval.
  const shown = data?.interval ?? interval;
  const picker = (
    <SegmentedControl
      size="xs"
      aria-label={strings.view}
      value={view}
      onChange={setView}
      data={VIEWS.map((value) => ({ value, label: strings.views[value] }))}
    />
  );
  const hint = [strings.chartHint[shown], ...(view === 'chart' ? [strings.growing[shown]] : [])].join(' ');
  return (
    <Panel title={strings.chartTitle[shown]} hint={hint} aside={picker}>
      {!data && (error ? <FailureNotice detail={detailOf(error)} onRetry={refetch} /> : <ChartSkeleton />)}
      {data && view === 'table' && <ChartTable series={data} />}
      {data && view === 'chart' && <ChartOrNone series={data} />}
    </Panel>
  );
}

function ChartOrNone({ series }: { series: Series }) {
  if (series.points.every(({ executions }) => executions === 0))
    return <p className={table.none}>{strings.nothingInRange}</p>;
  return (
    <Suspense fallback={<ChartSkeleton />}>
      <Chart series={series} />
    </Suspense>
  );
}

function ChartSkeleton() {
  return <Skeleton height={345} />;
}
