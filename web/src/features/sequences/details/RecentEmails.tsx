import { Panel } from '../../../ui/Panel.tsx';
import { RelativeTime } from '../../../ui/RelativeTime.tsx';
import table from '../../../ui/table.module.css';
import { sourceText } from '../strings.tsx';
import { StepName } from './ByStep.tsx';
import type { Analytics } from './queries.ts';
import classes from './RecentEmails.module.css';
import { strings } from './strings.tsx';

type Row = Analytics['executions'][number];

/** Who got an email, which one, from where and when; the newest first. */
export function RecentEmails({ analytics }: { analytics: Analytics }) {
  const { executions, by_step, time_zone, total_executions } = analytics;
  const steps = new Map(by_step.map((step) => [`${step.step_id} ${step.revision}`, step]));
  const stepOf = ({ step, revision }: Row) => steps.get(`${step} ${revision}`);
  const limit = total_executions > executions.length ? [strings.recentLimit(executions.length)] : [];
  const marks = MARKS.filter((mark) => executions.some(({ via }) => via === mark));
  const hint = [...limit, ...marks.map((mark) => strings.viaMeans[mark])].join(' ');
  return (
    <Panel title={strings.recentTitle} {...(hint && { hint })}>
      {executions.length === 0 ? (
        <p className={table.none}>{strings.noRecent}</p>
      ) : (
        <table className={`${table.table} ${classes.table}`}>
          <thead>
            <tr>
              <th scope="col">{strings.recipient}</th>
              <th scope="col">{strings.step}</th>
              <th scope="col">{strings.source}</th>
              <th scope="col">{strings.sentAt}</th>
            </tr>
          </thead>
          <tbody>
            {executions.map((row) => (
              <tr key={row.id}>
                <th scope="row">
                  {row.recipient_email}
                  {row.recipient_user_id && <div className={table.faint}>{row.recipient_user_id}</div>}
                </th>
                <td>{row.step && <StepName step={stepOf(row)} />}</td>
                <td className={classes.source}>{sourceText(row.source)}</td>
                <td className={classes.sent}>
                  <RelativeTime at={row.executed_at} timeZone={time_zone} />
                  <Via via={row.via} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

// What is sent in the ordinary way needs no mark; the others are explained once, above the rows.
const MARKS = ['captured', 'reported'] as const;

function Via({ via }: { via: Row['via'] }) {
  return via === 'smtp' ? null : <span className={classes.via}>{strings.via[via]}</span>;
}
