import { mutationOptions, queryOptions } from '@tanstack/react-query';
import { get, Problem, query, write } from '@/lib/http';
import { z } from '@/lib/wire';

export const checkSchema = z.object({
  at: z.string(),
  events: z.nullish(z.string()),
  whole: z.boolean(),
  broken_chains: z.array(z.string()),
});

export type Check = z.infer<typeof checkSchema>;

const CHECK = ['audit-check'];

/** What the last check of the chains found; null before the first one. */
export function checkQuery(organization: string | undefined) {
  return queryOptions({
    queryKey: [...CHECK, organization ?? 'site'],
    queryFn: async ({ signal }): Promise<Check | null> => {
      try {
        const path = `/admin/api/audit/check${query({ organization_id: organization })}`;
        return await get(path, checkSchema, signal);
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null;
        throw error;
      }
    },
  });
}

/** Computes all chains again, now. */
export const checkNow = mutationOptions({
  mutationFn: () => write('/admin/api/audit/check', { method: 'POST', schema: checkSchema }),
  onSettled: (_checked, _error, _nothing, _result, { client }) =>
    client.invalidateQueries({ queryKey: CHECK }),
});
