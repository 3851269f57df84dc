import { Tooltip } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import classes from './Meanings.module.css';
import { formatCount } from './numbers.ts';

export type Meaning = { word: string; value: number; meaning: string };

/**
 * A small mark that tells numbers apart: each with its word and meaning, side by side, on hover, on focus and at a
 * touch. `label` names the mark for those who do not see it.
 */
export function Meanings({ label, rows }: { label: string; rows: readonly Meaning[] }) {
  return (
    <Tooltip
      label={<Rows rows={rows} />}
      multiline
      w="min(23rem, calc(100vw - 2rem))"
      classNames={{ tooltip: classes.panel }}
    >
      <button type="button" className={classes.button} aria-label={label}>
        <IconInfoCircle size={17} stroke={1.75} aria-hidden="true" />
      </button>
    </Tooltip>
  );
}

function Rows({ rows }: { rows: readonly Meaning[] }) {
  return (
    <dl className={classes.list}>
      {rows.map(({ word, value, meaning }) => (
        <div key={word} className={classes.row}>
          <dt>
            {word}
            <span className={classes.number}>{formatCount(value)}</span>
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
