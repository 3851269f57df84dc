import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { type Answer, api, bodyOf } from '../../api/client.ts';

export type User = NonNullable<Answer<'/api/auth/get-session'>['user']>;

export type Credentials = { email: string; password: string };

/** Who is signed in; `user` is null for nobody. Looked at again when the reader comes back to the page. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => bodyOf(api.GET('/api/auth/get-session')),
  staleTime: 60_000,
});

/** After signing in, everything on the page is fetched anew: it may be somebody else now. */
export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationKey: ['sign-in'],
    mutationFn: (body: Credentials) => bodyOf(api.POST('/api/auth/sign-in/email', { body })),
    onSuccess: ({ user }) => rememberSession(client, user),
  });
}

export function useSignOut() {
  return useMutation({ mutationFn: () => api.POST('/api/auth/sign-out') });
}

/** Puts down who is signed in (null: nobody any more), and has all else asked again where somebody is. */
export function rememberSession(client: QueryClient, user: User | null): void {
  client.setQueryData(sessionQuery.queryKey, { user, expires_at: null });
  if (!user) return;
  void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
}
