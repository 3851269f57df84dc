import { IconMailOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNow } from '../../ui/clock.ts';
import { formatShort } from '../../ui/dates.ts';
import classes from './CaptureBanner.module.css';
import { workspaceQuery } from './queries.ts';
import { strings } from './strings.ts';

/** Says that mail does not get out, since when and why, until it does again. */
export function MailTrouble() {
  const { data: workspace } = useQuery(workspaceQuery);
  const now = useNow();
  if (!workspace?.mail.trouble) return null;
  const { since, outcome, reply } = workspace.mail.trouble;
  return (
    <div className={classes.trouble} role="alert" aria-label={strings.mailTrouble}>
      <IconMailOff size={18} stroke={1.75} aria-hidden="true" />
      <p>
        <b>{strings.notGettingOut(formatShort(new Date(since), now, workspace.time_zone))}</b>{' '}
        {strings.mailProblem(outcome)} <span className={classes.hint}>{strings.mailReply(reply)}</span>
      </p>
    </div>
  );
}
