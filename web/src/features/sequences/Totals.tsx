import { Skeleton } from '@mantine/core';
import { LiveNumber } from '../../ui/LiveNumber.tsx';
import type { Summary } from './queries.ts';
import { strings } from './strings.tsx';
import classes from './Totals.module.css';

/** The lifetime totals over all sequences; skeletons of the same size until they are there. */
export function Totals({ totals }: { totals: Summary['totals'] | undefined }) {
  const { triggered, sent, people, notStarted, label } = strings.totals;
  return (
    <section aria-label={label}>
      <dl className={classes.totals}>
        <Total name={triggered} value={totals?.trigger_count} />
        <Total name={sent} value={totals?.execution_count} />
        <Total name={people} value={totals?.people} />
        <Total name={notStarted} value={totals?.suppressed_count} />
      </dl>
    </section>
  );
}

function Total({ name, value }: { name: string; value: number | undefined }) {
  return (
    <div className={classes.total}>
      <dt>{name}</dt>
      <dd>
        {value === undefined ? <Skeleton height={20} width={64} my={4} /> : <LiveNumber value={value} />}
      </dd>
    </div>
  );
}
