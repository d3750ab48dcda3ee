import { queryOptions } from '@tanstack/react-query';
import { get } from '@/lib/http';
import { z } from '@/lib/wire';

export const organizationSchema = z.object({ id: z.string(), name: z.string() });

export const organizationListSchema = z.object({ items: z.array(organizationSchema) });

export const organizationsQuery = queryOptions({
  queryKey: ['organizations'],
  queryFn: ({ signal }) => get('/admin/api/organizations', organizationListSchema, signal),
});
