import { infiniteQueryOptions } from '@tanstack/react-query';
import { get, query } from '@/lib/http';
import { z } from '@/lib/wire';

/** What a new key opens unless it is told otherwise. */
export const USUAL_SCOPES = ['inference', 'batch', 'usage:read'] as const;

/** What a key may open of the tenant API, in the server's words. */
export const SCOPES = [...USUAL_SCOPES, 'invoices:read'] as const;

/** What a key may open of the admin API; one that does opens nothing else. */
export const ADMIN_SCOPES = ['admin:read', 'admin:write'] as const;

export const ALL_SCOPES = [...SCOPES, ...ADMIN_SCOPES] as const;

export type Scope = (typeof ALL_SCOPES)[number];

export const keySchema = z.object({
  id: z.string(),
  project_id: z.string(),
  project: z.string(),
  organization_id: z.string(),
  name: z.string(),
  public_id: z.string(),
  last_four: z.string(),
  scopes: z.array(z.enum(ALL_SCOPES)),
  models: z.nullable(z.array(z.string())),
  networks: z.array(z.string()),
  old_last_four: z.nullable(z.string()),
  old_until: z.nullable(z.string()),
  created_at: z.string(),
  expires_at: z.nullable(z.string()),
  revoked_at: z.nullable(z.string()),
  last_used_at: z.nullable(z.string()),
  version: z.union([z.string(), z.int()]),
});

export const keyPageSchema = z.object({
  items: z.array(keySchema),
  next: z.nullish(z.string()),
});

export type ApiKey = z.infer<typeof keySchema>;

export const KEYS = ['keys'];

/** Keys of a project, else of an organization, else all that the viewer reaches. */
export function keysQuery(projectId: string | undefined, organization: string | undefined) {
  const parameters = { organization_id: organization, project_id: projectId, limit: '50' };
  return infiniteQueryOptions({
    queryKey: [...KEYS, parameters],
    queryFn: ({ signal, pageParam }) =>
      get(`/admin/api/keys${query({ ...parameters, after: pageParam })}`, keyPageSchema, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
}
