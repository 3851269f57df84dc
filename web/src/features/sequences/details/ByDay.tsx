import { SegmentedControl, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { detailOf } from '../../../api/problem.ts';
import { FailureNotice } from '../../../ui/FailureNotice.tsx';
import { Panel } from '../../../ui/Panel.tsx';
import table from '../../../ui/table.module.css';
import type { Range } from '../address.ts';
import { DayTable } from './DayTable.tsx';
import { seriesQuery } from './queries.ts';
import { strings } from './strings.tsx';

// The chart library weighs as much as all the rest: it is fetched when the first chart is opened.
const DayChart = lazy(() => import('./DayChart.tsx'));

type View = 'chart' | 'table';

/** Emails and people of each day, as a chart, or as a table of the same numbers. */
export function ByDay({ sequenceId, range }: { sequenceId: string; range: Range }) {
  const [view, setView] = useState<View>('chart');
  const { data, error, refetch } = useQuery(seriesQuery(sequenceId, range));
  const views: View[] = ['chart', 'table'];
  const picker = (
    <SegmentedControl
      size="xs"
      aria-label={strings.view}
      value={view}
      onChange={setView}
      data={views.map((value) => ({ value, label: strings.views[value] }))}
    />
  );
  const skeleton = <Skeleton height={272} />;
  return (
    <Panel title={strings.chartTitle} hint={strings.chartHint} aside={picker}>
      {!data && (error ? <FailureNotice detail={detailOf(error)} onRetry={refetch} /> : skeleton)}
      {data && view === 'table' && <DayTable points={data.points} />}
      {data && view === 'chart' && isEmpty(data.points) && (
        <p className={table.none}>{strings.nothingInRange}</p>
      )}
      {data && view === 'chart' && !isEmpty(data.points) && (
        <Suspense fallback={skeleton}>
          <DayChart points={data.points} />
        </Suspense>
      )}
    </Panel>
  );
}

function isEmpty(points: { executions: number }[]): boolean {
  return points.every(({ executions }) => executions === 0);
}
