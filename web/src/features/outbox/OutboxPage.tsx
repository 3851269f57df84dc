import { Button, Skeleton } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, Outlet, useMatch } from '@tanstack/react-router';
import { detailOf } from '../../api/problem.ts';
import { FailureNotice } from '../../ui/FailureNotice.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { workspaceQuery } from '../workspace/queries.ts';
import { MailList } from './MailList.tsx';
import classes from './OutboxPage.module.css';
import { outboxQuery } from './queries.ts';
import { strings } from './strings.ts';

/** Captured mail: the list, and beside it (on a phone: instead of it) the one that is read. */
export function OutboxPage() {
  const open = useMatch({ from: '/app/outbox/$mailId', shouldThrow: false });
  const outbox = useInfiniteQuery(outboxQuery);
  const { data: workspace } = useQuery(workspaceQuery);
  const isSending = workspace?.mail.via === 'smtp';
  const mails = outbox.data?.pages.flatMap((page) => page.mails);
  return (
    <>
      {!open && <title>{`${strings.title} · Sequitur`}</title>}
      <div className={classes.title} data-away={open !== undefined}>
        <PageHeader title={strings.title} lead={isSending ? strings.leadSending : strings.lead} />
      </div>
      {!mails && outbox.error && <FailureNotice detail={detailOf(outbox.error)} onRetry={outbox.refetch} />}
      {!mails && !outbox.error && <ListSkeleton />}
      {mails?.length === 0 && !open && <EmptyOutbox isSending={isSending} />}
      {mails && (mails.length > 0 || open) && (
        <div className={classes.panes}>
          <div className={classes.list} data-away={open !== undefined}>
            <MailList mails={mails} />
            {outbox.hasNextPage && (
              <Button
                variant="subtle"
                fullWidth
                loading={outbox.isFetchingNextPage}
                onClick={() => outbox.fetchNextPage()}
              >
                {strings.more}
              </Button>
            )}
          </div>
          <div className={classes.reading} data-away={!open}>
            {open ? <Outlet /> : <p className={classes.choose}>{strings.choose}</p>}
          </div>
        </div>
      )}
    </>
  );
}

function EmptyOutbox({ isSending }: { isSending: boolean }) {
  if (isSending) {
    return (
      <Notice icon={<IconInbox />} title={strings.sentTitle}>
        {strings.sent}
      </Notice>
    );
  }
  return (
    <Notice
      icon={<IconInbox />}
      title={strings.emptyTitle}
      action={
        <Button variant="default" renderRoot={(props) => <Link to="/sequences" {...props} />}>
          {strings.toSequences}
        </Button>
      }
    >
      {strings.empty}
    </Notice>
  );
}

function ListSkeleton() {
  return (
    <div className={classes.panes} role="status" aria-label={strings.loading}>
      <div className={classes.list}>
        {[1, 2, 3, 4, 5, 6].map((n) => (
          <Skeleton key={n} height={68} mb={6} />
        ))}
      </div>
      <div className={classes.reading} />
    </div>
  );
}
