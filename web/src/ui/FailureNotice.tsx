import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { Notice } from './Notice.tsx';
import { strings } from './strings.ts';

/** A failure in place of the content, with a way to try again. `detail` are the server's words, if it had any. */
export function FailureNotice({ detail, onRetry }: { detail?: string | undefined; onRetry: () => void }) {
  const action = (
    <Button variant="default" onClick={onRetry}>
      {strings.tryAgain}
    </Button>
  );
  return (
    <Notice icon={<IconPlugConnectedX />} title={strings.failedTitle} role="alert" action={action}>
      {detail ?? strings.failedOffline}
    </Notice>
  );
}
