import { Button, Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { detailOf } from '../../api/problem.ts';
import { FailureNotice } from '../../ui/FailureNotice.tsx';
import { FrontPage } from '../../ui/FrontPage.tsx';
import { Stack } from '../../ui/Stack.tsx';
import { setupQuery } from './queries.ts';
import { SetupForm } from './SetupForm.tsx';
import classes from './SetupPage.module.css';
import { strings } from './strings.ts';

/** The first administrator's way in. The link that is printed at start brings the token. */
export function SetupPage() {
  const { token } = useSearch({ from: '/setup' });
  const { data: setup, error, refetch } = useQuery(setupQuery(token));
  if (error && !setup) {
    return (
      <FrontPage title={strings.title} lead={strings.lead}>
        <FailureNotice detail={detailOf(error)} onRetry={refetch} />
      </FrontPage>
    );
  }
  if (setup && !setup.needed) {
    return (
      <FrontPage title={strings.doneTitle} lead={strings.done}>
        <Button fullWidth renderRoot={(props) => <Link to="/sign-in" {...props} />}>
          {strings.signIn}
        </Button>
      </FrontPage>
    );
  }
  if (!token) return <FrontPage title={strings.noTokenTitle} lead={strings.noToken} />;
  if (setup?.link === 'unknown' || setup?.link === 'expired')
    return <DeadLink {...strings.deadLink[setup.link]} />;
  return (
    <FrontPage title={strings.title} lead={strings.lead}>
      {setup ? <SetupForm token={token} suggestedZone={setup.time_zone} /> : <SetupSkeleton />}
    </FrontPage>
  );
}

function DeadLink({ title, lead }: { title: string; lead: string }) {
  return (
    <FrontPage title={title} lead={lead}>
      <ol className={classes.steps}>
        {strings.deadLinkSteps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </FrontPage>
  );
}

function SetupSkeleton() {
  return (
    <Stack>
      {['name', 'email', 'password', 'zone', 'submit'].map((field) => (
        <Skeleton key={field} height={62} />
      ))}
    </Stack>
  );
}
