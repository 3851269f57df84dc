import { formatCount } from '../../../ui/numbers.ts';
import { Panel } from '../../../ui/Panel.tsx';
import { ShareBar } from '../../../ui/ShareBar.tsx';
import table from '../../../ui/table.module.css';
import { sourceText } from '../strings.tsx';
import type { Analytics } from './queries.ts';
import { strings } from './strings.tsx';

/** Every source that triggered or sent, with its share of the emails. */
export function BySource({ rows }: { rows: Analytics['by_source'] }) {
  const most = Math.max(1, ...rows.map((row) => row.executions));
  return (
    <Panel title={strings.sourcesTitle}>
      {rows.length === 0 ? (
        <p className={table.none}>{strings.noSources}</p>
      ) : (
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{strings.source}</th>
              <th scope="col" className={table.number}>
                {strings.triggered}
              </th>
              <th scope="col" className={table.number}>
                {strings.sent}
              </th>
              <th scope="col" className={table.number}>
                {strings.people}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.source}>
                <th scope="row">
                  {sourceText(row.source)}
                  <ShareBar share={row.executions / most} />
                </th>
                <td className={table.number}>{formatCount(row.triggers)}</td>
                <td className={table.number}>{formatCount(row.executions)}</td>
                <td className={table.number}>{formatCount(row.unique_recipients)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
