import { IconMailPause } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import classes from './CaptureBanner.module.css';
import { workspaceQuery } from './queries.ts';
import { strings } from './strings.ts';

/** Says that no mail leaves, for as long as that is so. It cannot be dismissed: it stays true. */
export function CaptureBanner() {
  const { data: workspace } = useQuery(workspaceQuery);
  if (workspace?.mail.via !== 'captured') return null;
  return (
    <aside className={classes.banner} aria-label={strings.captured}>
      <IconMailPause size={18} stroke={1.75} aria-hidden="true" />
      <p>
        <b>{strings.captured}</b> <span className={classes.hint}>{strings.capturedHint}</span>{' '}
        <Link to="/outbox">{strings.openOutbox}</Link>{' '}
        <span className={classes.hint}>
          {workspace.mail.always_captured ? strings.demoNeverSends : strings.toSend('SMTP_URL')}
        </span>
      </p>
    </aside>
  );
}
