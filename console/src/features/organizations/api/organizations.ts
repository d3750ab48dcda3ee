import { infiniteQueryOptions, mutationOptions } from '@tanstack/react-query';
import { get, query, write } from '@/lib/http';
import { ORGANIZATIONS } from '@/lib/organizations';
import { z } from '@/lib/wire';

export const tenantSchema = z.object({
  id: z.string(),
  name: z.string(),
  weight: z.int(),
  /** Since when it begins nothing new; null while it may. */
  suspended_at: z.nullable(z.string()),
  suspended_because: z.nullable(z.string()),
  version: z.string(),
  created_at: z.string(),
});

export const tenantPageSchema = z.object({
  items: z.array(tenantSchema),
  next: z.nullable(z.string()),
});

/** An organization with what is set of it; `weight` is its share of a contended engine. */
export type Tenant = z.infer<typeof tenantSchema>;

/** By name, 200 at a time. */
export const tenantsQuery = infiniteQueryOptions({
  queryKey: [...ORGANIZATIONS, 'pages'],
  queryFn: ({ signal, pageParam }) =>
    get(
      `/admin/api/organizations${query({ limit: '200', after: pageParam })}`,
      tenantPageSchema,
      signal,
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next ?? undefined,
});

export const createTenant = mutationOptions({
  mutationFn: (tenant: { name: string; weight: number }) =>
    write('/admin/api/organizations', { method: 'POST', body: tenant, schema: tenantSchema }),
  onSettled: (_created, _error, _tenant, _result, { client }) =>
    client.invalidateQueries({ queryKey: ORGANIZATIONS }),
});

/** Gives the organization as it was read another weight; 412 if somebody changed it meanwhile. */
export const weigh = mutationOptions({
  mutationFn: ({ tenant, weight }: { tenant: Tenant; weight: number }) =>
    write(`/admin/api/organizations/${tenant.id}`, {
      method: 'PATCH',
      ifMatch: tenant.version,
      body: { weight },
      schema: tenantSchema,
    }),
  onSettled: (_weighed, _error, _change, _result, { client }) =>
    client.invalidateQueries({ queryKey: ORGANIZATIONS }),
});

/** Has the organization as it was read begin nothing new; 412 if somebody changed it meanwhile. */
export const suspend = mutationOptions({
  mutationFn: ({ tenant, reason }: { tenant: Tenant; reason: string }) =>
    write(`/admin/api/organizations/${tenant.id}/suspend`, {
      method: 'POST',
      ifMatch: tenant.version,
      body: { reason },
      schema: tenantSchema,
    }),
  onSettled: (_suspended, _error, _order, _result, { client }) =>
    client.invalidateQueries({ queryKey: ORGANIZATIONS }),
});

/** Lets it go on. */
export const resume = mutationOptions({
  mutationFn: (tenant: Tenant) =>
    write(`/admin/api/organizations/${tenant.id}/resume`, {
      method: 'POST',
      ifMatch: tenant.version,
      schema: tenantSchema,
    }),
  onSettled: (_resumed, _error, _tenant, _result, { client }) =>
    client.invalidateQueries({ queryKey: ORGANIZATIONS }),
});
