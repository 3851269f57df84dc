import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from '../../api/client.ts';

/** How this workspace is set up. It changes only with a restart of the server, or in Settings. */
export const workspaceQuery = queryOptions({
  queryKey: ['workspace'],
  queryFn: () => bodyOf(api.GET('/api/workspace')),
  staleTime: 60_000,
});
