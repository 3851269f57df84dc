import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useState } from 'react';
import { detailOf } from '../../api/problem.ts';
import { FailureNotice } from '../../ui/FailureNotice.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Announcer } from './Announcer.tsx';
import { NoMatches, NoSequences } from './EmptyList.tsx';
import { isShown } from './order.ts';
import { type SequenceSummary, type Summary, summaryQuery } from './queries.ts';
import { SequenceCard } from './SequenceCard.tsx';
import classes from './SequencesPage.module.css';
import { strings } from './strings.tsx';
import { Toolbar } from './Toolbar.tsx';
import { Totals } from './Totals.tsx';
import { useStableOrder } from './useStableOrder.ts';

const TriggerDialog = lazy(() => import('./TriggerDialog.tsx'));

/** The cards of all sequences. Details open over them, as this page's child. */
export function SequencesPage() {
  const { data: summary, error, refetch } = useQuery(summaryQuery);
  return (
    <>
      <title>{`${strings.title} · Sequitur`}</title>
      <PageHeader title={strings.title} lead={strings.lead}>
        <Totals totals={summary?.totals} />
      </PageHeader>
      {summary && <Cards summary={summary} />}
      {!summary && (error ? <FailureNotice detail={detailOf(error)} onRetry={refetch} /> : <CardSkeletons />)}
      <Outlet />
    </>
  );
}

function Cards({ summary }: { summary: Summary }) {
  const search = useSearch({ from: '/app/sequences' });
  const [triggering, setTriggering] = useState<SequenceSummary>();
  const ordered = useStableOrder(summary.sequences, search.sort ?? 'recent');
  const shown = ordered.filter((card) => isShown(card, search));
  const stopTriggering = useCallback(() => setTriggering(undefined), []);
  if (ordered.length === 0) return <NoSequences />;
  return (
    <>
      <Announcer sent={summary.totals.execution_count} />
      <Toolbar cards={ordered} shown={shown.length} />
      {shown.length === 0 && <NoMatches />}
      <ul className={classes.grid}>
        {shown.map((card) => (
          <li key={card.sequence_id} className={classes.cell}>
            <SequenceCard card={card} timeZone={summary.time_zone} onTrigger={setTriggering} />
          </li>
        ))}
      </ul>
      {triggering && (
        <Suspense>
          <TriggerDialog sequence={triggering} onClose={stopTriggering} />
        </Suspense>
      )}
    </>
  );
}

function CardSkeletons() {
  return (
    <div role="status" aria-label={strings.loading}>
      <Skeleton height={36} width="60%" mb="md" />
      <div className={classes.grid}>
        {[1, 2, 3, 4, 5, 6].map((n) => (
          <div key={n} className={classes.skeleton}>
            <Skeleton height={18} width="55%" />
            <Skeleton height={14} mt={14} />
            <Skeleton height={14} mt={8} width="80%" />
            <Skeleton height={14} mt={22} width="45%" />
            <Skeleton height={14} mt={8} width="70%" />
            <Skeleton height={36} mt={24} />
          </div>
        ))}
      </div>
    </div>
  );
}
