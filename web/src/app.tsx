import { MantineProvider } from '@mantine/core';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  RouterProvider,
  redirect,
} from '@tanstack/react-router';
import { isPassing, isSessionEnded } from './api/problem.ts';
import { outboxQuery } from './features/outbox/queries.ts';
import { detailsSearch, listSearch } from './features/sequences/address.ts';
import { analyticsQuery, seriesQuery } from './features/sequences/details/queries.ts';
import { summaryQuery } from './features/sequences/queries.ts';
import { SequencesPage } from './features/sequences/SequencesPage.tsx';
import { backOf } from './features/session/back.ts';
import { rememberSession, sessionQuery } from './features/session/queries.ts';
import { BrokenPage, MissingPage } from './features/workspace/PageProblem.tsx';
import { workspaceQuery } from './features/workspace/queries.ts';
import { Shell } from './features/workspace/Shell.tsx';
import { colorSchemes, cssVariables, theme } from './theme.ts';
import { Loading } from './ui/Loading.tsx';

// Whatever request learns that the session has ended, the page asks for the password (see Shell).
const onError = (error: Error) => {
  if (isSessionEnded(error)) rememberSession(client, null);
};

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({
    // A wrong password is a 401 as well, but ends nothing.
    onError: (error, _variables, _result, mutation) => {
      if (mutation.options.mutationKey?.[0] !== 'sign-in') onError(error);
    },
  }),
  defaultOptions: {
    queries: { staleTime: 5_000, retry: (failures, error) => failures < 2 && isPassing(error) },
  },
});

const root = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Outlet,
  notFoundComponent: MissingPage,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: ({ back }: Record<string, unknown>): { back?: string } =>
    typeof back === 'string' ? { back } : {},
  beforeLoad: async ({ context, search }) => {
    const { user } = await context.client.ensureQueryData(sessionQuery);
    if (user) throw redirect({ href: backOf(search.back, window.location.origin), replace: true });
  },
  component: lazyRouteComponent(() => import('./features/session/SignInPage.tsx'), 'SignInPage'),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: ({ token }: Record<string, unknown>): { token?: string } =>
    typeof token === 'string' ? { token } : {},
  component: lazyRouteComponent(() => import('./features/setup/SetupPage.tsx'), 'SetupPage'),
});

const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: async ({ context, location }) => {
    const { user } = await context.client.ensureQueryData(sessionQuery);
    if (!user) throw redirect({ to: '/sign-in', search: { back: location.href }, replace: true });
    // Waited for, so that the banner does not push the page down after it has been drawn.
    await context.client.prefetchQuery(workspaceQuery);
  },
  component: Shell,
});

const front = createRoute({
  getParentRoute: () => app,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/sequences', replace: true });
  },
});

const sequences = createRoute({
  getParentRoute: () => app,
  path: '/sequences',
  validateSearch: listSearch,
  loader: ({ context }) => void context.client.prefetchQuery(summaryQuery),
  component: SequencesPage,
});

const sequence = createRoute({
  getParentRoute: () => sequences,
  path: '$sequenceId',
  validateSearch: detailsSearch,
  loaderDeps: ({ search: { time_range = '30d' } }) => ({ range: time_range }),
  loader: ({ context, params: { sequenceId }, deps: { range } }) => {
    void context.client.prefetchQuery(analyticsQuery(sequenceId, range));
    // Of all time the analytics answer has to say first how long it is, and so what a bar of the chart is.
    if (range !== 'all') void context.client.prefetchQuery(seriesQuery(sequenceId, range, 'day'));
  },
  component: lazyRouteComponent(
    () => import('./features/sequences/details/SequenceDetails.tsx'),
    'SequenceDetails',
  ),
  // The cards are there already, and nothing of them should move.
  pendingComponent: () => null,
});

const outbox = createRoute({
  getParentRoute: () => app,
  path: '/outbox',
  loader: ({ context }) => void context.client.prefetchInfiniteQuery(outboxQuery),
  component: lazyRouteComponent(() => import('./features/outbox/OutboxPage.tsx'), 'OutboxPage'),
});

const mail = createRoute({
  getParentRoute: () => outbox,
  path: '$mailId',
  component: lazyRouteComponent(() => import('./features/outbox/MailPane.tsx'), 'MailPane'),
});

const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    setup,
    app.addChildren([front, sequences.addChildren([sequence]), outbox.addChildren([mail])]),
  ]),
  context: { client },
  // Plain words in the address: `?q=spring sale`, without the quotes that JSON would put around a number.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const known = Object.entries(search).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, String(value)]],
    );
    return known.length > 0 ? `?${new URLSearchParams(known)}` : '';
  },
  defaultPendingComponent: Loading,
  defaultPendingMs: 250,
  defaultPendingMinMs: 0,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultErrorComponent: BrokenPage,
  defaultNotFoundComponent: MissingPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

export function App() {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemes}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
