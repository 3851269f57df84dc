import { Skeleton } from '@mantine/core';
import { LiveNumber } from '../../ui/LiveNumber.tsx';
import { Term } from '../../ui/Term.tsx';
import type { Summary } from './queries.ts';
import { strings, terms } from './strings.tsx';
import classes from './Totals.module.css';

/** The lifetime totals over all sequences; skeletons of the same size until they are there. */
export function Totals({ totals }: { totals: Summary['totals'] | undefined }) {
  const { label, people } = strings.totals;
  return (
    <section aria-label={label}>
      <dl className={classes.totals}>
        <Total term={terms.triggered} value={totals?.trigger_count} />
        <Total term={terms.notStarted} value={totals?.suppressed_count} />
        <Total term={terms.sent} value={totals?.execution_count} />
        <Total term={{ ...terms.people, meaning: people }} value={totals?.people} />
      </dl>
    </section>
  );
}

type TotalProps = { term: { word: string; meaning: string }; value: number | undefined };

function Total({ term, value }: TotalProps) {
  return (
    <div className={classes.total}>
      <dt>
        <Term {...term} />
      </dt>
      <dd>
        {value === undefined ? <Skeleton height={20} width={64} my={4} /> : <LiveNumber value={value} />}
      </dd>
    </div>
  );
}
