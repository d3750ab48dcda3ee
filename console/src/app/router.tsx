import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  type RouterHistory,
} from '@tanstack/react-router';
import { AppFailure, NotFoundPage, PageFailure } from '@/app/failures';
import { Shell } from '@/app/Shell';
import { keysSearchSchema } from '@/features/keys/search';
import { OverviewPage } from '@/features/overview/OverviewPage';
import { overviewSearchSchema } from '@/features/overview/search';
import { sessionQuery } from '@/features/session/api/session';
import { LoginPage } from '@/features/session/LoginPage';
import { loginSearchSchema } from '@/features/session/search';
import { requestsSearchSchema, usageSearchSchema } from '@/features/usage/search';

interface Context {
  queryClient: QueryClient;
}

const rootRoute = createRootRouteWithContext<Context>()({
  component: Outlet,
  errorComponent: AppFailure,
});

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: loginSearchSchema,
  // Fetched before the form is sent, for its CSRF token.
  loader: ({ context }) => context.queryClient.query({ ...sessionQuery, staleTime: 0 }),
  component: LoginPage,
  errorComponent: AppFailure,
});

const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'signed-in',
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.query({
      ...sessionQuery,
      staleTime: 'static',
    });
    if (session.authenticated)
      return { email: session.person?.email ?? session.operator?.email ?? '' };
    const here = `${location.pathname}${location.searchStr}`;
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- how the router redirects
    throw redirect({ to: '/login', search: here === '/' ? {} : { next: here } });
  },
  component: Shell,
  errorComponent: AppFailure,
});

const overviewRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/',
  validateSearch: overviewSearchSchema,
  component: OverviewPage,
});

const usageRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/usage',
  validateSearch: usageSearchSchema,
  component: lazyRouteComponent(() => import('@/features/usage/UsagePage'), 'UsagePage'),
});

const requestsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/requests',
  validateSearch: requestsSearchSchema,
  component: lazyRouteComponent(() => import('@/features/usage/RequestsPage'), 'RequestsPage'),
});

const requestRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/requests/$id',
  component: lazyRouteComponent(() => import('@/features/usage/RequestPage'), 'RequestPage'),
});

const keysRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/keys',
  validateSearch: keysSearchSchema,
  component: lazyRouteComponent(() => import('@/features/keys/KeysPage'), 'KeysPage'),
});

const reconciliationRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/reconciliation',
  component: lazyRouteComponent(
    () => import('@/features/reconciliation/ReconciliationPage'),
    'ReconciliationPage',
  ),
});

const unknownRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '$',
  component: NotFoundPage,
});

const routeTree = rootRoute.addChildren([
  loginRoute,
  signedInRoute.addChildren([
    overviewRoute,
    usageRoute,
    requestsRoute,
    requestRoute,
    keysRoute,
    reconciliationRoute,
    unknownRoute,
  ]),
]);

/** Search parameters are plain strings: `?project_id=7`, without JSON quotes. */
function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

function stringifySearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

export function createAppRouter(queryClient: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree,
    basepath: '/console',
    context: { queryClient },
    ...(history ? { history } : {}),
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultErrorComponent: PageFailure,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
