import type { ReactNode } from 'react';
import { formatCount } from '../../../ui/numbers.ts';
import { Panel } from '../../../ui/Panel.tsx';
import { ShareBar } from '../../../ui/ShareBar.tsx';
import table from '../../../ui/table.module.css';
import type { Analytics } from './queries.ts';
import { Subject } from './Subject.tsx';
import { strings } from './strings.tsx';

type Row = Analytics['by_step'][number];

/** Emails of each step and revision, in the order in which people get them, and below them the children. */
export function ByStep({ rows, children }: { rows: readonly Row[]; children?: ReactNode }) {
  const most = Math.max(1, ...rows.map((row) => row.executions));
  return (
    <Panel title={strings.stepsTitle}>
      {rows.length === 0 ? (
        <p className={table.none}>{strings.noSteps}</p>
      ) : (
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{strings.step}</th>
              <th scope="col" className={table.number}>
                {strings.sent}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.step_id} ${row.revision}`}>
                <th scope="row">
                  <StepName step={row} />
                  <div className={table.faint}>{placeOf(row, rows)}</div>
                  <ShareBar share={row.executions / most} />
                </th>
                <td className={table.number}>{formatCount(row.executions)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {children}
    </Panel>
  );
}

/** What a step is called: its subject, or the name that an outside sender has for it. */
export function StepName({ step }: { step: Pick<Row, 'step_id' | 'subject' | 'name'> | undefined }) {
  if (step?.subject) return <Subject template={step.subject} />;
  return step?.name ?? (step?.step_id === null ? strings.noStep : strings.noSubject);
}

// A revision is only worth a word where the step was sent in more than one.
function placeOf(row: Row, rows: readonly Row[]): string {
  if (row.step_id === null) return strings.reportedStep;
  const isTheirs = row.position === null && row.subject === null;
  if (isTheirs) return strings.reportedStep;
  const place = row.position === null ? strings.removedStep : strings.stepNumber(row.position + 1);
  const edited = rows.some((other) => other.step_id === row.step_id && other.revision !== row.revision);
  return edited && row.revision !== null ? `${place} · ${strings.revision(row.revision)}` : place;
}
