import { useQuery } from '@tanstack/react-query';
import { formatCount } from '../../../ui/numbers.ts';
import table from '../../../ui/table.module.css';
import type { Range } from '../address.ts';
import { unsent } from './funnel.ts';
import { funnelQuery } from './queries.ts';
import { strings } from './strings.tsx';

/** Of those who came to an email in the range: how many wait for it, and for how many it failed and why. */
export function NotSent({ sequenceId, range }: { sequenceId: string; range: Range }) {
  const { data } = useQuery(funnelQuery(sequenceId, range));
  if (!data) return null;
  const { waiting, failed, reasons } = unsent(data.steps);
  if (waiting + failed === 0) return null;
  const why = reasons.map(({ reason, count }) => `${reason.replaceAll('_', ' ')} ${formatCount(count)}`);
  return (
    <p className={table.none}>
      {strings.waiting(waiting)} · {strings.failed(failed)}
      {why.length > 0 && ` (${why.join(', ')})`}
    </p>
  );
}
