/** Organizations by name, for whoever has to choose or to name one. */
import { queryOptions } from '@tanstack/react-query';
import { get } from '@/lib/http';
import { z } from '@/lib/wire';

export const organizationSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Why it is suspended; null if it is not. */
  suspended_because: z.nullable(z.string()),
});

export const organizationListSchema = z.object({ items: z.array(organizationSchema) });

/** Prefix of everything that is known of organizations. */
export const ORGANIZATIONS = ['organizations'];

export const organizationsQuery = queryOptions({
  queryKey: ORGANIZATIONS,
  queryFn: ({ signal }) => get('/admin/api/organizations', organizationListSchema, signal),
});
