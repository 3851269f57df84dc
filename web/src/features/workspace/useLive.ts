import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { listen, type StreamState } from '../../api/stream.ts';
import { gatherer } from '../../ui/gatherer.ts';
import { noticeCaptured, outboxKey } from '../outbox/queries.ts';
import type { Counts } from '../sequences/counts.ts';
import { refreshAnalytics } from '../sequences/details/queries.ts';
import { applyCounts, summaryQuery } from '../sequences/queries.ts';
import { sessionQuery } from '../session/queries.ts';
import { workspaceQuery } from './queries.ts';

// The cards tick with every event. What has to be asked for again is asked for once in a while.
const REFRESH_MS = 1_000;

/**
 * Keeps the page up to date for as long as it is open, and says how the connection is. Opened anew for another
 * user, or the same one after a new sign-in (`userId` is undefined while nobody is signed in).
 */
export function useLive(userId: string | undefined): StreamState {
  const client = useQueryClient();
  const [state, setState] = useState<StreamState>('connecting');
  useEffect(() => {
    if (!userId) return;
    const analytics = gatherer<string>(REFRESH_MS, (ids) => refreshAnalytics(client, ids));
    const outbox = gatherer<null>(REFRESH_MS, () => noticeCaptured(client));
    const close = listen('/api/stream', {
      events: {
        counts: (data) => {
          const counts = data as Counts;
          applyCounts(client, counts);
          for (const { sequence_id } of counts.sequences) analytics.add(sequence_id);
        },
        outbox: () => outbox.add(null),
        workspace: () => void client.invalidateQueries({ queryKey: workspaceQuery.queryKey }),
      },
      onOpen: () => {
        void client.invalidateQueries({ queryKey: summaryQuery.queryKey });
        void client.invalidateQueries({ queryKey: outboxKey });
        void client.invalidateQueries({ queryKey: workspaceQuery.queryKey });
      },
      onState: setState,
      onRefused: () => void client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
    });
    return () => {
      close();
      analytics.stop();
      outbox.stop();
    };
  }, [client, userId]);
  return state;
}
