import { queryOptions } from '@tanstack/react-query';
import { get, rememberCsrf } from '@/lib/http';
import { grantSchema, mayBy, type Viewer } from '@/lib/permissions';
import { z } from '@/lib/wire';

const roleSchema = z.object({
  organization_id: z.string(),
  project_id: z.nullable(z.string()),
  role: z.string(),
});

const personSchema = z.object({
  email: z.string(),
  roles: z.array(roleSchema),
  permissions: z.array(grantSchema),
});

export const sessionSchema = z.object({
  authenticated: z.boolean(),
  operator: z.nullish(z.object({ email: z.string() })),
  person: z.nullish(personSchema),
  login: z.optional(z.object({ password: z.boolean(), oidc: z.boolean() })),
  csrf: z.object({ header: z.string(), token: z.string() }),
});

/** Who looks; nothing without a login. */
export function viewerOf(session: z.infer<typeof sessionSchema>): Viewer | undefined {
  const { authenticated, person, operator, login } = session;
  if (!authenticated || !person) return undefined;
  const runsSite = operator != null;
  return {
    email: person.email,
    operator: runsSite,
    may: mayBy(person.permissions),
    organizations: [...new Set(person.roles.map((role) => role.organization_id))],
    owns: (organization) =>
      runsSite ||
      person.roles.some((one) => one.role === 'owner' && one.organization_id === organization),
    oidc: login?.oidc ?? false,
  };
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => {
    const session = await get('/admin/api/session', sessionSchema, signal);
    rememberCsrf(session.csrf);
    return session;
  },
  staleTime: Infinity,
  gcTime: Infinity,
});
