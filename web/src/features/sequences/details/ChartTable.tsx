import { formatDay } from '../../../ui/dates.ts';
import { formatCount } from '../../../ui/numbers.ts';
import table from '../../../ui/table.module.css';
import { bucketText } from './buckets.ts';
import classes from './ChartTable.module.css';
import type { Series } from './queries.ts';
import { strings } from './strings.tsx';

/** The chart's numbers, the newest first, and the triggers of the same days. */
export function ChartTable({ series: { points, interval, to } }: { series: Series }) {
  const daysOf = (date: string, next: string | undefined) =>
    interval === 'day' ? formatDay(date) : bucketText(interval, { date, next, to });
  return (
    <section
      className={`${table.scroll} ${classes.table}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
      tabIndex={0}
      aria-label={strings.tableLabel[interval]}
    >
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{strings.interval[interval]}</th>
            {columns.map(({ key, label }) => (
              <th key={key} scope="col" className={table.number}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {points.toReversed().map((point, i, newestFirst) => (
            <tr key={point.date}>
              <th scope="row">{daysOf(point.date, newestFirst[i - 1]?.date)}</th>
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
