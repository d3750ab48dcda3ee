import { queryOptions } from '@tanstack/react-query';
import { get, query } from '@/lib/http';
import { z } from '@/lib/wire';

export const projectSchema = z.object({
  id: z.string(),
  organization_id: z.string(),
  name: z.string(),
});

export const projectListSchema = z.object({ items: z.array(projectSchema) });

export type Project = z.infer<typeof projectSchema>;

export const PROJECTS = ['projects'];

/** Projects of one organization, or all that the viewer reaches. */
export function projectsQuery(organization: string | undefined) {
  return queryOptions({
    queryKey: [...PROJECTS, 'names', organization ?? 'all'],
    queryFn: ({ signal }) =>
      get(
        `/admin/api/projects${query({ organization_id: organization })}`,
        projectListSchema,
        signal,
      ),
  });
}
