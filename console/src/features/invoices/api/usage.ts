import { queryOptions } from '@tanstack/react-query';
import { get, query } from '@/lib/http';
import { rangeOfMonth } from '@/lib/time';
import { tokenCountsSchema } from '@/lib/tokens';
import { z } from '@/lib/wire';

export const usageByModelSchema = z.object({
  items: z.array(
    z.object({ key: z.string(), name: z.nullish(z.string()), tokens: tokenCountsSchema }),
  ),
});

/** What the usage records of a project's month say, by model. */
export function usageByModelQuery(organization: string, project: string, month: string) {
  const parameters = {
    ...rangeOfMonth(month),
    organization_id: organization,
    project_id: project,
    group_by: 'model',
  };
  return queryOptions({
    queryKey: ['usage', 'of invoices', parameters],
    queryFn: ({ signal }) =>
      get(`/admin/api/usage${query(parameters)}`, usageByModelSchema, signal),
  });
}
