import { Button, SegmentedControl, Skeleton } from '@mantine/core';
import { IconZoomQuestion } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { ApiProblem, detailOf } from '../../../api/problem.ts';
import { formatDay, formatTime, formatZone } from '../../../ui/dates.ts';
import { FailureNotice } from '../../../ui/FailureNotice.tsx';
import { Notice } from '../../../ui/Notice.tsx';
import { RANGES, type Range } from '../address.ts';
import { BySource } from './BySource.tsx';
import { ByStep } from './ByStep.tsx';
import { intervalOf } from './buckets.ts';
import classes from './DetailsBody.module.css';
import { NotSent } from './NotSent.tsx';
import { OverTime } from './OverTime.tsx';
import { type Analytics, analyticsQuery } from './queries.ts';
import { RecentEmails } from './RecentEmails.tsx';
import { strings } from './strings.tsx';
import { Tiles } from './Tiles.tsx';

export type DetailsBodyProps = {
  sequenceId: string;
  range: Range;
  onRange: (range: Range) => void;
  onClose: () => void;
};

export function DetailsBody({ sequenceId, range, onRange, onClose }: DetailsBodyProps) {
  const { data, error, refetch, isPlaceholderData } = useQuery(analyticsQuery(sequenceId, range));
  if (!data && error instanceof ApiProblem && error.status === 404) return <Missing onClose={onClose} />;
  if (!data && error) return <FailureNotice detail={detailOf(error)} onRetry={refetch} />;
  return (
    <>
      <div className={classes.frame}>
        <SegmentedControl
          aria-label={strings.range}
          value={range}
          onChange={onRange}
          data={RANGES.map((value) => ({ value, label: strings.ranges[value] }))}
          className={classes.ranges}
        />
        <Frame analytics={data} />
      </div>
      {data ? (
        <div className={classes.sections} data-loading={isPlaceholderData}>
          <Tiles analytics={data} />
          <OverTime sequenceId={sequenceId} range={range} interval={intervalOf(data)} />
          <div className={classes.pair}>
            <BySource rows={data.by_source} />
            <ByStep rows={data.by_step}>
              <NotSent sequenceId={sequenceId} range={range} />
            </ByStep>
          </div>
          <RecentEmails analytics={data} />
        </div>
      ) : (
        <DetailsSkeleton />
      )}
    </>
  );
}

// What every number on the page is about: which days, by whose calendar, and how fresh.
function Frame({ analytics }: { analytics: Analytics | undefined }) {
  if (!analytics) return <Skeleton height={14} width={280} />;
  const { from, to, time_zone, as_of } = analytics;
  return (
    <p className={classes.about}>
      <span>{strings.from(formatDay(from), formatDay(to))}</span>
      <span>{strings.zone(formatZone(time_zone))}</span>
      <span>{strings.asOf(formatTime(new Date(as_of), time_zone))}</span>
    </p>
  );
}

function Missing({ onClose }: { onClose: () => void }) {
  const back = <Button onClick={onClose}>{strings.back}</Button>;
  return (
    <Notice icon={<IconZoomQuestion />} title={strings.missingTitle} action={back}>
      {strings.missing}
    </Notice>
  );
}

function DetailsSkeleton() {
  return (
    <div className={classes.sections} role="status" aria-label={strings.loading}>
      <Skeleton height={118} />
      <Skeleton height={356} />
      <div className={classes.pair}>
        <Skeleton height={210} />
        <Skeleton height={210} />
      </div>
    </div>
  );
}
