import { VisuallyHidden } from '@mantine/core';
import { IconBolt, IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { LiveNumber } from '../../ui/LiveNumber.tsx';
import { type Meaning, Meanings } from '../../ui/Meanings.tsx';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { Sparkline } from '../../ui/Sparkline.tsx';
import type { SequenceSummary } from './queries.ts';
import classes from './SequenceCard.module.css';
import { StatusBadge } from './StatusBadge.tsx';
import { strings, terms } from './strings.tsx';

export type SequenceCardProps = {
  card: SequenceSummary;
  timeZone: string;
  onTrigger: (card: SequenceSummary) => void;
};

/** One sequence with its lifetime counts. Drawn again only when something on it has changed. */
export const SequenceCard = memo(function SequenceCard({ card, timeZone, onTrigger }: SequenceCardProps) {
  const titleId = `sequence-${card.sequence_id}`;
  return (
    <article className={classes.card} aria-labelledby={titleId} data-status={card.status}>
      <header className={classes.header}>
        <h2 id={titleId} className={classes.name}>
          {card.sequence_name}
        </h2>
        <StatusBadge status={card.status} />
      </header>
      <p className={classes.description} title={card.description}>
        {card.description}
      </p>
      <Sentence card={card} />
      <Activity card={card} timeZone={timeZone} />
      <footer className={classes.footer}>
        <TriggerNow card={card} onTrigger={onTrigger} />
        <Link
          to="/sequences/$sequenceId"
          params={{ sequenceId: card.sequence_id }}
          search={(list) => ({ ...list, time_range: '30d' as const })}
          className={classes.details}
        >
          {strings.viewDetails}
          <VisuallyHidden>{strings.ofSequence(card.sequence_name)}</VisuallyHidden>
          <IconChevronRight size={16} aria-hidden="true" />
        </Link>
      </footer>
    </article>
  );
});

// A trigger of what is not active would be kept and counted, but start nothing: no button offers that.
function TriggerNow({ card, onTrigger }: Pick<SequenceCardProps, 'card' | 'onTrigger'>) {
  if (card.status !== 'active')
    return <span className={classes.inactive}>{strings.notTriggerable[card.status]}</span>;
  return (
    <button type="button" className={classes.trigger} onClick={() => onTrigger(card)}>
      <IconBolt size={16} aria-hidden="true" />
      {strings.triggerNow}
      <VisuallyHidden>{strings.forSequence(card.sequence_name)}</VisuallyHidden>
    </button>
  );
}

// "Triggered 1,284 times · 3,410 emails sent to 1,102 people". Where an outside sender only reports what it
// sent, nothing is ever triggered here, and nothing is said of it.
function Sentence({ card }: { card: SequenceSummary }) {
  const { trigger_count, suppressed_count, execution_count, unique_recipients } = card;
  const triggers = trigger_count + suppressed_count;
  if (triggers === 0 && execution_count === 0)
    return <p className={classes.sentence}>{strings.notTriggered}</p>;
  return (
    <div className={classes.counts}>
      <p className={classes.sentence}>
        {triggers > 0 && (
          <>
            <span>{strings.triggered(<LiveNumber value={trigger_count} />, trigger_count)}</span>
            <span className={classes.dot}> · </span>
          </>
        )}
        <span>
          {strings.sent(
            <LiveNumber value={execution_count} />,
            execution_count,
            <LiveNumber value={unique_recipients} />,
            unique_recipients,
          )}
        </span>
      </p>
      <div className={classes.meanings}>
        <Meanings label={strings.explain(card.sequence_name)} rows={meaningsOf(card)} />
      </div>
    </div>
  );
}

function meaningsOf(card: SequenceSummary): Meaning[] {
  return [
    { ...terms.triggered, value: card.trigger_count },
    { ...terms.notStarted, value: card.suppressed_count },
    { ...terms.sent, value: card.execution_count },
    { ...terms.people, value: card.unique_recipients },
  ];
}

function Activity({ card, timeZone }: Pick<SequenceCardProps, 'card' | 'timeZone'>) {
  const { sparkline, last_executed_at: last } = card;
  const today = sparkline.at(-1) ?? 0;
  const total = sparkline.reduce((sum, n) => sum + n, 0);
  return (
    <div className={classes.activity}>
      <Sparkline values={sparkline} label={strings.sparkline(total, today, Math.max(0, ...sparkline))} />
      <div className={classes.caption}>
        <span>{strings.today(<LiveNumber value={today} />)}</span>
        <span className={classes.last}>
          {last ? strings.lastSent(<RelativeTime at={last} timeZone={timeZone} />) : strings.noneSent}
        </span>
      </div>
    </div>
  );
}
