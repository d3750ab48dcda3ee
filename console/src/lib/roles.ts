/** The matrix of roles and permissions, and whom to ask for a role, as the server tells them. */
import { queryOptions } from '@tanstack/react-query';
import { get, query } from '@/lib/http';
import { z } from '@/lib/wire';

export const matrixSchema = z.object({
  roles: z.array(z.object({ role: z.string(), of_projects: z.boolean() })),
  permissions: z.array(
    z.object({
      permission: z.string(),
      by_project: z.boolean(),
      operator: z.boolean(),
      roles: z.array(z.string()),
    }),
  ),
});

export type Matrix = z.infer<typeof matrixSchema>;

export const holdersSchema = z.object({
  items: z.array(z.object({ email: z.string(), role: z.string() })),
});

export const matrixQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: ({ signal }) => get('/admin/api/roles', matrixSchema, signal),
  staleTime: Infinity,
});

export function holdersQuery(organization: string) {
  return queryOptions({
    queryKey: ['roles', 'holders', organization],
    queryFn: ({ signal }) =>
      get(
        `/admin/api/roles/holders${query({ organization_id: organization })}`,
        holdersSchema,
        signal,
      ),
  });
}
