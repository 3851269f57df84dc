import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from '../../api/client.ts';
import { rememberSession } from '../session/queries.ts';

export type Setup = { token: string; name: string; email: string; password: string; time_zone: string };

/**
 * Whether the first administrator is still missing, the reporting zone that is proposed and, where a link's token is
 * given, whether that link works.
 */
export function setupQuery(token?: string) {
  return queryOptions({
    queryKey: ['setup', token],
    queryFn: () => bodyOf(api.GET('/api/setup', { params: { query: token ? { token } : {} } })),
  });
}

/** Makes the first administrator and signs in as them. */
export function useSetup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Setup) => bodyOf(api.POST('/api/setup', { body })),
    onSuccess: ({ user }) => rememberSession(client, user),
  });
}
