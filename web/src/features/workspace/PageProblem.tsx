import { Button } from '@mantine/core';
import { IconBug } from '@tabler/icons-react';
import { Link, useRouter } from '@tanstack/react-router';
import { ApiProblem, detailOf } from '../../api/problem.ts';
import { FailureNotice } from '../../ui/FailureNotice.tsx';
import { FrontPage } from '../../ui/FrontPage.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { strings } from './strings.ts';

/** For an address that leads nowhere. */
export function MissingPage() {
  return (
    <FrontPage title={strings.missingTitle} lead={strings.missing}>
      <Button fullWidth renderRoot={(props) => <Link to="/sequences" {...props} />}>
        {strings.toSequences}
      </Button>
    </FrontPage>
  );
}

/** For a page that could not be shown: the server did not answer, or the page itself has a fault. */
export function BrokenPage({ error }: { error: unknown }) {
  const router = useRouter();
  // fetch throws a TypeError where the network fails; so does a fault of ours, for which a retry does no harm.
  if (error instanceof ApiProblem || error instanceof TypeError)
    return <FailureNotice detail={detailOf(error)} onRetry={() => router.invalidate()} />;
  const reload = <Button onClick={() => window.location.reload()}>{strings.reload}</Button>;
  return (
    <Notice icon={<IconBug />} title={strings.brokenTitle} action={reload} role="alert">
      {strings.broken}
    </Notice>
  );
}
