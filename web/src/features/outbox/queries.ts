import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query';
import { type Answer, api, bodyOf } from '../../api/client.ts';

export type MailList = Answer<'/api/outbox'>;
export type ListedMail = MailList['mails'][number];
export type Mail = Answer<'/api/outbox/{id}'>;

export const outboxKey = ['outbox', 'list'];

const PAGE = 50;

/** Captured mail, the newest first, page by page. */
export const outboxQuery = infiniteQueryOptions({
  queryKey: outboxKey,
  queryFn: ({ pageParam }) =>
    bodyOf(
      api.GET('/api/outbox', { params: { query: { limit: PAGE, ...(pageParam && { cursor: pageParam }) } } }),
    ),
  initialPageParam: '',
  getNextPageParam: ({ next_cursor }: MailList) => next_cursor,
});

/** One captured mail with its parts; it never changes. */
export function mailQuery(id: string) {
  return queryOptions({
    queryKey: ['outbox', 'mail', id],
    queryFn: () => bodyOf(api.GET('/api/outbox/{id}', { params: { path: { id } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Whether mail has arrived that the list leaves out, because its reader is further down. */
export const newerQuery = queryOptions({
  queryKey: ['outbox', 'newer'],
  queryFn: () => false,
  initialData: false,
  staleTime: Number.POSITIVE_INFINITY,
});

/**
 * Called when mail was captured. A short list is simply asked for again. Whoever has turned pages would have all
 * of them asked for, and what they read would move away: they are told instead.
 */
export function noticeCaptured(client: QueryClient): void {
  const list = client.getQueryData(outboxQuery.queryKey);
  if (list && list.pages.length > 1) client.setQueryData(newerQuery.queryKey, true);
  else void client.invalidateQueries({ queryKey: outboxKey });
}

/** Shows the list from its beginning again. */
export function showNewest(client: QueryClient): void {
  client.setQueryData(newerQuery.queryKey, false);
  void client.resetQueries({ queryKey: outboxKey });
}
