import { Tooltip } from '@mantine/core';
import type { StreamState } from '../../api/stream.ts';
import classes from './LiveIndicator.module.css';
import { strings } from './strings.ts';

/** Whether counts still arrive, said calmly: a lost connection loses nothing. */
export function LiveIndicator({ state }: { state: StreamState }) {
  const { label, hint } = strings.live[state];
  return (
    <Tooltip label={hint} multiline maw={280}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the explanation is for those who use the keyboard, too */}
      <div className={classes.indicator} data-state={state} role="status" tabIndex={0}>
        {label}
      </div>
    </Tooltip>
  );
}
