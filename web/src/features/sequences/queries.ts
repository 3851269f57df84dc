import { type QueryClient, queryOptions, useMutation } from '@tanstack/react-query';
import { type Answer, api, bodyOf } from '../../api/client.ts';
import { type Counts, newestOf, withCounts } from './counts.ts';

export type Summary = Answer<'/api/sequences/analytics/summary'>;
export type SequenceSummary = Summary['sequences'][number];
export type SequenceStatus = SequenceSummary['status'];

/** All cards. While it was asked for, the stream may have told newer counts; those stand. */
export const summaryQuery = queryOptions({
  queryKey: ['sequences', 'summary'],
  queryFn: async ({ client }): Promise<Summary> => {
    const summary = await bodyOf(api.GET('/api/sequences/analytics/summary'));
    const newest = client.getQueryData<Counts[]>(newestKey) ?? [];
    return newest.reduce(withCounts, summary);
  },
});

// What the stream told last of each sequence: kept beside the summary, for answers that were asked for before.
const newestKey = ['sequences', 'newest-counts'];

/** Puts counts that the stream has told into the cards. */
export function applyCounts(client: QueryClient, counts: Counts): void {
  client.setQueryData<Counts[]>(newestKey, (known) => newestOf(known ?? [], counts));
  client.setQueryData(summaryQuery.queryKey, (summary) => summary && withCounts(summary, counts));
}

export type Trigger = { sequenceId: string; email: string; name: string; key: string };

/** Triggers a sequence for one person. `key` makes a second try with the same fields count once. */
export function useTrigger() {
  return useMutation({
    mutationFn: async ({ sequenceId, email, name, key }: Trigger) => {
      const { results } = await bodyOf(
        api.POST('/api/sequences/{id}/trigger', {
          params: { path: { id: sequenceId }, header: { 'idempotency-key': key } },
          body: { recipient_email: email, ...(name && { name }) },
        }),
      );
      const [result] = results;
      if (!result) throw new TypeError('The server answered without a result.');
      return result;
    },
  });
}
