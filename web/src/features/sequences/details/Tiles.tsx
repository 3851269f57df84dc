import { LiveNumber } from '../../../ui/LiveNumber.tsx';
import { formatCount } from '../../../ui/numbers.ts';
import { Term } from '../../../ui/Term.tsx';
import { reasonText, terms } from '../strings.tsx';
import type { Analytics } from './queries.ts';
import { strings } from './strings.tsx';
import classes from './Tiles.module.css';

/** The range in four numbers. What was not started says why. */
export function Tiles({ analytics }: { analytics: Analytics }) {
  const { triggers, suppressed, suppressed_by_reason, total_executions, unique_recipients } = analytics;
  return (
    <dl className={classes.tiles}>
      <div className={classes.tile}>
        <dt>
          <Term {...terms.triggered} />
        </dt>
        <dd className={classes.value}>
          <LiveNumber value={triggers} />
        </dd>
      </div>
      <div className={classes.tile}>
        <dt>
          <Term {...terms.notStarted} />
        </dt>
        <dd className={classes.value}>
          <LiveNumber value={suppressed} />
        </dd>
        <dd className={classes.more}>
          <Reasons rows={suppressed_by_reason} triggers={triggers} />
        </dd>
      </div>
      <div className={classes.tile} data-series="emails">
        <dt>
          <Term {...terms.sent} />
        </dt>
        <dd className={classes.value}>
          <LiveNumber value={total_executions} />
        </dd>
      </div>
      <div className={classes.tile} data-series="people">
        <dt>
          <Term {...terms.people} />
        </dt>
        <dd className={classes.value}>
          <LiveNumber value={unique_recipients} />
        </dd>
        {unique_recipients !== null && unique_recipients > 0 && (
          <dd className={classes.more}>
            {strings.perPerson(average.format(total_executions / unique_recipients))}
          </dd>
        )}
      </div>
    </dl>
  );
}

const average = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

function Reasons({
  rows,
  triggers,
}: {
  rows: Analytics['suppressed_by_reason'];
  triggers: Analytics['triggers'];
}) {
  if (rows.length === 0) return triggers ? strings.noneRefused : null;
  return (
    <ul>
      {rows.map(({ reason, count }) => (
        <li key={reason}>
          {formatCount(count)} {reasonText(reason)}
        </li>
      ))}
    </ul>
  );
}
