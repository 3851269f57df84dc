import { queryOptions } from '@tanstack/react-query';
import { api, bodyOf } from '../../api/client.ts';

/** How this workspace is set up, and whether its mail gets out: the stream says when to ask again. */
export const workspaceQuery = queryOptions({
  queryKey: ['workspace'],
  queryFn: () => bodyOf(api.GET('/api/workspace')),
  staleTime: 60_000,
});
