import { mutationOptions, queryOptions } from '@tanstack/react-query';
import { get, query, write } from '@/lib/http';
import { z } from '@/lib/wire';

export const projectSettingsSchema = z.object({
  id: z.string(),
  organization_id: z.string(),
  name: z.string(),
  models: z.nullable(z.array(z.string())),
  content_days: z.nullable(z.int()),
  version: z.string(),
  created_at: z.string(),
});

export const projectSettingsListSchema = z.object({ items: z.array(projectSettingsSchema) });

export type Project = z.infer<typeof projectSettingsSchema>;

const PROJECTS = ['projects'];

export function projectsQuery(organization: string | undefined) {
  return queryOptions({
    queryKey: [...PROJECTS, 'settings', organization ?? 'all'],
    queryFn: ({ signal }) =>
      get(
        `/admin/api/projects${query({ organization_id: organization })}`,
        projectSettingsListSchema,
        signal,
      ),
  });
}

/** Says how long the project's prompts and answers are stored; null for not at all. */
export const storeContent = mutationOptions({
  mutationFn: ({ project, days }: { project: Project; days: number | null }) =>
    write(`/admin/api/projects/${project.id}/content`, {
      method: 'PUT',
      ifMatch: project.version,
      body: { days },
      schema: projectSettingsSchema,
    }),
  onSettled: (_stored, _error, _change, _result, { client }) =>
    client.invalidateQueries({ queryKey: PROJECTS }),
});
