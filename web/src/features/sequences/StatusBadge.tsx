import type { SequenceStatus } from './queries.ts';
import classes from './StatusBadge.module.css';
import { strings } from './strings.tsx';

export function StatusBadge({ status }: { status: SequenceStatus }) {
  return (
    <span className={classes.badge} data-status={status}>
      {strings.statuses[status]}
    </span>
  );
}
