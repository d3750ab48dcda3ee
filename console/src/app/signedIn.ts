import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  Outlet,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router';
import { AppFailure } from '@/app/failures';
import { Shell } from '@/app/Shell';
import { sessionQuery, viewerOf } from '@/features/session/api/session';
import { z } from '@/lib/wire';

interface Context {
  queryClient: QueryClient;
}

export const rootRoute = createRootRouteWithContext<Context>()({
  component: Outlet,
  errorComponent: AppFailure,
});

/** Below it is what only somebody with a session sees. */
export const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'signed-in',
  // Whose numbers are shown stays from page to page.
  validateSearch: z.object({
    organization_id: z.catch(z.optional(z.string().check(z.regex(/^\d+$/))), undefined),
  }),
  search: { middlewares: [retainSearchParams(['organization_id'])] },
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.query({
      ...sessionQuery,
      staleTime: 'static',
    });
    const viewer = viewerOf(session);
    if (viewer) return { viewer };
    const here = `${location.pathname}${location.searchStr}`;
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- how the router redirects
    throw redirect({ to: '/login', search: here === '/' ? {} : { next: here } });
  },
  component: Shell,
  errorComponent: AppFailure,
});
