import type { QueryClient } from '@tanstack/react-query';
import {
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  type RouterHistory,
} from '@tanstack/react-router';
import { billingRoutes, ofBilling } from '@/app/billingRoutes';
import { AppFailure, NotFoundPage, PageFailure } from '@/app/failures';
import { PAGES } from '@/app/pages';
import { rootRoute, signedInRoute } from '@/app/signedIn';
import { auditSearchSchema } from '@/features/audit/search';
import { keysSearchSchema } from '@/features/keys/search';
import { membersSearchSchema } from '@/features/members/search';
import { organizationsSearchSchema } from '@/features/organizations/search';
import { OverviewPage } from '@/features/overview/OverviewPage';
import { overviewSearchSchema } from '@/features/overview/search';
import { sessionQuery } from '@/features/session/api/session';
import { LoginPage } from '@/features/session/LoginPage';
import { loginSearchSchema } from '@/features/session/search';
import { requestsSearchSchema, usageSearchSchema } from '@/features/usage/search';
import type { Permission } from '@/lib/permissions';

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: loginSearchSchema,
  // Fetched before the form is sent, for its CSRF token.
  loader: ({ context }) => context.queryClient.query({ ...sessionQuery, staleTime: 0 }),
  component: LoginPage,
  errorComponent: AppFailure,
});

const overviewRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/',
  staticData: { needs: 'overview_read' },
  beforeLoad: ({ context }) => {
    // Roles of single projects open no overview: their first page is another one.
    const first = PAGES.find((page) => context.viewer.may(page.needs));
    if (first !== undefined && first.to !== '/') {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- how the router redirects
      throw redirect({ to: first.to });
    }
  },
  validateSearch: overviewSearchSchema,
  component: OverviewPage,
});

const usageRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/usage',
  staticData: { needs: 'usage_read' },
  validateSearch: usageSearchSchema,
  component: lazyRouteComponent(() => import('@/features/usage/UsagePage'), 'UsagePage'),
});

const requestsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/requests',
  staticData: { needs: 'usage_read' },
  validateSearch: requestsSearchSchema,
  component: lazyRouteComponent(() => import('@/features/usage/RequestsPage'), 'RequestsPage'),
});

const requestRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/requests/$id',
  staticData: { needs: 'usage_read' },
  component: lazyRouteComponent(() => import('@/features/usage/RequestPage'), 'RequestPage'),
});

const keysRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/keys',
  staticData: { needs: 'keys_read' },
  validateSearch: keysSearchSchema,
  component: lazyRouteComponent(() => import('@/features/keys/KeysPage'), 'KeysPage'),
});

const reconciliationRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/reconciliation',
  staticData: { needs: 'site' },
  component: lazyRouteComponent(
    () => import('@/features/reconciliation/ReconciliationPage'),
    'ReconciliationPage',
  ),
});

const projectsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/projects',
  staticData: { needs: 'tenants_read' },
  component: lazyRouteComponent(() => import('@/features/projects/ProjectsPage'), 'ProjectsPage'),
});

const membersRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/members',
  staticData: { needs: 'members_read' },
  validateSearch: membersSearchSchema,
  component: lazyRouteComponent(() => import('@/features/members/MembersPage'), 'MembersPage'),
});

const auditRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/audit',
  staticData: { needs: 'audit_read' },
  validateSearch: auditSearchSchema,
  component: lazyRouteComponent(() => import('@/features/audit/AuditPage'), 'AuditPage'),
});

const upstreamsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/upstreams',
  staticData: { needs: 'site' },
  component: lazyRouteComponent(
    () => import('@/features/upstreams/UpstreamsPage'),
    'UpstreamsPage',
  ),
});

const upstreamRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/upstreams/$id',
  staticData: { needs: 'site' },
  component: lazyRouteComponent(() => import('@/features/upstreams/UpstreamPage'), 'UpstreamPage'),
});

const organizationsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/organizations',
  staticData: { needs: 'site' },
  validateSearch: organizationsSearchSchema,
  component: lazyRouteComponent(
    () => import('@/features/organizations/OrganizationsPage'),
    'OrganizationsPage',
  ),
});

const organizationRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: '/organizations/$id',
  staticData: { needs: 'site' },
  component: lazyRouteComponent(
    () => ofBilling(import('@/features/organizations/OrganizationPage')),
    'OrganizationPage',
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
    projectsRoute,
    membersRoute,
    auditRoute,
    organizationsRoute,
    organizationRoute,
    upstreamsRoute,
    upstreamRoute,
    reconciliationRoute,
    ...billingRoutes,
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
  interface StaticDataRouteOption {
    /** What the page needs; the shell refuses it to whoever may do that nowhere. */
    needs?: Permission;
  }
}
