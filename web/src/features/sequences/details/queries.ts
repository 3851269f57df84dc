import { keepPreviousData, type QueryClient, queryOptions } from '@tanstack/react-query';
import { type Answer, api, bodyOf } from '../../../api/client.ts';
import type { Range } from '../address.ts';
import type { Interval } from './buckets.ts';

export type Analytics = Answer<'/api/sequences/{id}/analytics'>;
export type Series = Answer<'/api/sequences/{id}/analytics/series'>;
export type Funnel = Answer<'/api/sequences/{id}/analytics/funnel'>;
export type Point = Series['points'][number];

const keyOf = (sequenceId: string) => ['sequences', 'analytics', sequenceId];

/** Everything but the chart, from one moment. While another range loads, the one before it stays in sight. */
export function analyticsQuery(sequenceId: string, range: Range) {
  return queryOptions({
    queryKey: [...keyOf(sequenceId), 'range', range],
    queryFn: () =>
      bodyOf(
        api.GET('/api/sequences/{id}/analytics', {
          params: { path: { id: sequenceId }, query: { time_range: range } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** The chart's days, weeks or months, all of the range, the oldest first. */
export function seriesQuery(sequenceId: string, range: Range, interval: Interval) {
  return queryOptions({
    queryKey: [...keyOf(sequenceId), 'series', range, interval],
    queryFn: () =>
      bodyOf(
        api.GET('/api/sequences/{id}/analytics/series', {
          params: { path: { id: sequenceId }, query: { time_range: range, interval } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** What became of those who came to each step in the range. */
export function funnelQuery(sequenceId: string, range: Range) {
  return queryOptions({
    queryKey: [...keyOf(sequenceId), 'funnel', range],
    queryFn: () =>
      bodyOf(
        api.GET('/api/sequences/{id}/analytics/funnel', {
          params: { path: { id: sequenceId }, query: { time_range: range } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

/** Asks again for what is open of these sequences; what is not open is asked for when it is opened. */
export function refreshAnalytics(client: QueryClient, sequenceIds: Iterable<string>): void {
  for (const id of sequenceIds) void client.invalidateQueries({ queryKey: keyOf(id) });
}
