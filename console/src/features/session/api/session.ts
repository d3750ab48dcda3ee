import { queryOptions } from '@tanstack/react-query';
import { get, rememberCsrf } from '@/lib/http';
import { z } from '@/lib/wire';

export const sessionSchema = z.object({
  authenticated: z.boolean(),
  operator: z.nullish(z.object({ email: z.string() })),
  person: z.nullish(z.object({ email: z.string() })),
  login: z.optional(z.object({ password: z.boolean(), oidc: z.boolean() })),
  csrf: z.object({ header: z.string(), token: z.string() }),
});

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
