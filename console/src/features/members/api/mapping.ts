import { queryOptions } from '@tanstack/react-query';
import { get, query } from '@/lib/http';
import { z } from '@/lib/wire';

const mappedSchema = z.object({
  name: z.string(),
  role: z.string(),
  project_id: z.nullable(z.string()),
});

/** Groups and domains of the identity provider that have a role in the organization. */
export const mappingSchema = z.object({
  groups: z.array(mappedSchema),
  domains: z.array(mappedSchema),
});

export function mappingQuery(organization: string) {
  return queryOptions({
    queryKey: ['roles', 'mapping', organization],
    queryFn: ({ signal }) =>
      get(
        `/admin/api/roles/mapping${query({ organization_id: organization })}`,
        mappingSchema,
        signal,
      ),
  });
}
