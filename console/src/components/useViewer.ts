import { useRouteContext, useSearch } from '@tanstack/react-router';
import type { Viewer } from '@/lib/permissions';

/** Who looks, and what that person may do. */
export function useViewer(): Viewer {
  return useRouteContext({ from: '/signed-in' }).viewer;
}

/**
 * The organization that is looked at: that of the URL, else the first in which the viewer has a
 * role. Undefined are all of the site, for its operator.
 */
export function useOrganization(): string | undefined {
  const viewer = useViewer();
  const { organization_id: chosen } = useSearch({ from: '/signed-in' });
  return chosen ?? (viewer.operator ? undefined : viewer.organizations[0]);
}
