import { IconApi, IconInbox, IconMailShare } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import classes from './Navigation.module.css';
import { strings } from './strings.ts';

/** The rooms of the dashboard: beside the page, or along its foot on a phone. */
export function Navigation() {
  return (
    <nav aria-label={strings.navigation} className={classes.nav}>
      <Link to="/sequences" className={classes.link}>
        <IconMailShare size={20} stroke={1.75} aria-hidden="true" />
        <span>{strings.sequences}</span>
      </Link>
      <Link to="/outbox" className={classes.link}>
        <IconInbox size={20} stroke={1.75} aria-hidden="true" />
        <span>{strings.outbox}</span>
      </Link>
      <a href="/api/docs" className={`${classes.link} ${classes.aside}`}>
        <IconApi size={20} stroke={1.75} aria-hidden="true" />
        <span>{strings.apiReference}</span>
      </a>
    </nav>
  );
}
