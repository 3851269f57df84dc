import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { Mark } from '../../ui/Mark.tsx';
import { AccountMenu } from '../session/AccountMenu.tsx';
import { sessionQuery } from '../session/queries.ts';
import { CaptureBanner } from './CaptureBanner.tsx';
import { LiveIndicator } from './LiveIndicator.tsx';
import { MailTrouble } from './MailTrouble.tsx';
import { Navigation } from './Navigation.tsx';
import classes from './Shell.module.css';
import { strings } from './strings.ts';
import { useLive } from './useLive.ts';

const SessionEndedDialog = lazy(() => import('../session/SessionEndedDialog.tsx'));

/** The frame around every page of somebody who is signed in. */
export function Shell() {
  const { data: session } = useQuery(sessionQuery);
  const state = useLive(session?.user?.id);
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        {strings.skip}
      </a>
      <aside className={classes.side} aria-label={strings.product}>
        <div className={classes.brand}>
          <Mark /> <span>{strings.product}</span>
        </div>
        <Navigation />
        <div className={classes.foot}>
          <LiveIndicator state={state} />
          {session?.user && <AccountMenu user={session.user} />}
        </div>
      </aside>
      <div className={classes.main}>
        <CaptureBanner />
        <MailTrouble />
        <main id="content" tabIndex={-1} className={classes.content}>
          <Outlet />
        </main>
      </div>
      {session && !session.user && (
        <Suspense>
          <SessionEndedDialog />
        </Suspense>
      )}
    </div>
  );
}
