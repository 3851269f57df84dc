import { Tooltip } from '@mantine/core';
import { useNow } from './clock.ts';
import { formatAgo, formatExact, formatZone } from './dates.ts';
import classes from './RelativeTime.module.css';

/** "3 minutes ago"; the exact moment and its zone on hover and on focus. `at` is an ISO moment. */
export function RelativeTime({ at, timeZone }: { at: string; timeZone: string }) {
  const now = useNow();
  const moment = new Date(at);
  const exact = `${formatExact(moment, timeZone)} (${formatZone(timeZone)})`;
  // A row may be newer than the clock's last tick.
  const seen = now > moment ? now : moment;
  return (
    <Tooltip label={exact}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the exact time is for those who use the keyboard, too */}
      <time dateTime={at} tabIndex={0} className={classes.time}>
        {formatAgo(moment, seen)}
      </time>
    </Tooltip>
  );
}
