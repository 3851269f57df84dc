import { formatDay } from '../../../ui/dates.ts';
import { formatCount } from '../../../ui/numbers.ts';
import table from '../../../ui/table.module.css';
import classes from './DayTable.module.css';
import type { Point } from './queries.ts';
import { strings } from './strings.tsx';

/** The chart's numbers, the newest day first, and the triggers of the same days. */
export function DayTable({ points }: { points: readonly Point[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section className={`${table.scroll} ${classes.days}`} tabIndex={0} aria-label={strings.tableLabel}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{strings.day}</th>
            {columns.map(({ key, label }) => (
              <th key={key} scope="col" className={table.number}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.toReversed().map((point) => (
            <tr key={point.date}>
              <th scope="row">{formatDay(point.date)}</th>
              {columns.map(({ key }) => (
                <td key={key} className={table.number}>
                  {formatCount(point[key])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const columns = [
  { key: 'executions', label: strings.sent },
  { key: 'unique_recipients', label: strings.people },
  { key: 'triggers', label: strings.triggered },
  { key: 'suppressed', label: strings.notStarted },
] as const;
