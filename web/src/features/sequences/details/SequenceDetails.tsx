import { Button, Drawer } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { Range } from '../address.ts';
import { type SequenceSummary, summaryQuery } from '../queries.ts';
import { StatusBadge } from '../StatusBadge.tsx';
import { strings as listStrings } from '../strings.tsx';
import { DetailsBody } from './DetailsBody.tsx';
import { analyticsQuery } from './queries.ts';
import classes from './SequenceDetails.module.css';
import { strings } from './strings.tsx';

const TriggerDialog = lazy(() => import('../TriggerDialog.tsx'));

/** One sequence over a range of days, opened over the cards; it has an address of its own. */
export function SequenceDetails() {
  const { sequenceId } = useParams({ from: '/app/sequences/$sequenceId' });
  const { time_range: range = '30d' } = useSearch({ from: '/app/sequences/$sequenceId' });
  const navigate = useNavigate({ from: '/sequences/$sequenceId' });
  const { data: card } = useQuery({
    ...summaryQuery,
    select: ({ sequences }) => sequences.find((one) => one.sequence_id === sequenceId),
  });
  const { data: analytics } = useQuery(analyticsQuery(sequenceId, range));
  const name = card?.sequence_name ?? analytics?.sequence_name ?? strings.unnamed;
  const close = () => navigate({ to: '/sequences', search: ({ time_range: _, ...list }) => list });
  const show = (next: Range) =>
    navigate({ to: '.', search: (before) => ({ ...before, time_range: next }), replace: true });
  return (
    <Drawer.Root opened onClose={close} position="right" size="min(66rem, 100%)">
      <title>{`${name} · Sequitur`}</title>
      <Drawer.Overlay backgroundOpacity={0.4} />
      <Drawer.Content classNames={{ content: classes.content }}>
        <Drawer.Header className={classes.header}>
          <div className={classes.heading}>
            <Drawer.Title className={classes.title}>{name}</Drawer.Title>
            {card && <StatusBadge status={card.status} />}
          </div>
          {card?.status === 'active' && <TriggerNow sequence={card} />}
          <Drawer.CloseButton aria-label={strings.close} size="lg" data-autofocus />
        </Drawer.Header>
        <Drawer.Body className={classes.body}>
          {card?.description && <p className={classes.description}>{card.description}</p>}
          <DetailsBody sequenceId={sequenceId} range={range} onRange={show} onClose={close} />
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

function TriggerNow({ sequence }: { sequence: SequenceSummary }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="compact-md" variant="light" className={classes.trigger} onClick={() => setOpen(true)}>
        {listStrings.triggerNow}
      </Button>
      {open && (
        <Suspense>
          <TriggerDialog sequence={sequence} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
