import { Button } from '@mantine/core';
import { IconMailShare, IconSearchOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Notice } from '../../ui/Notice.tsx';
import { strings } from './strings.tsx';

export function NoSequences() {
  const reference = (
    <Button component="a" href="/api/docs">
      {strings.apiReference}
    </Button>
  );
  return (
    <Notice icon={<IconMailShare />} title={strings.emptyTitle} action={reference}>
      {strings.empty}
    </Notice>
  );
}

export function NoMatches() {
  return (
    <Notice
      icon={<IconSearchOff />}
      title={strings.nothingFoundTitle}
      action={
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link to="/sequences" search={({ sort }) => (sort ? { sort } : {})} {...props} />
          )}
        >
          {strings.clearFilters}
        </Button>
      }
    >
      {strings.nothingFound}
    </Notice>
  );
}
