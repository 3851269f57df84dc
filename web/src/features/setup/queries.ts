import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, bodyOf } from '../../api/client.ts';
import { rememberSession } from '../session/queries.ts';

export type Setup = { token: string; name: string; email: string; password: string; time_zone: string };

/** Whether the first administrator is still missing, and the reporting zone that is proposed. */
export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: () => bodyOf(api.GET('/api/setup')),
});

/** Makes the first administrator and signs in as them. */
export function useSetup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Setup) => bodyOf(api.POST('/api/setup', { body })),
    onSuccess: ({ user }) => rememberSession(client, user),
  });
}
