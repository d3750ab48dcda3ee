import { queryOptions } from '@tanstack/react-query';
import { get, query } from '@/lib/http';
import { z } from '@/lib/wire';

const projectListSchema = z.object({
  items: z.array(z.object({ id: z.string(), name: z.string() })),
});

export function projectNamesQuery(organization: string) {
  return queryOptions({
    queryKey: ['projects', 'of invoices', organization],
    queryFn: ({ signal }) =>
      get(
        `/admin/api/projects${query({ organization_id: organization })}`,
        projectListSchema,
        signal,
      ),
  });
}
