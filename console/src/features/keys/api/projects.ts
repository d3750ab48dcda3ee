import { queryOptions } from '@tanstack/react-query';
import { get } from '@/lib/http';
import { z } from '@/lib/wire';

export const projectSchema = z.object({
  id: z.string(),
  organization_id: z.string(),
  name: z.string(),
});

export const projectListSchema = z.object({ items: z.array(projectSchema) });

export type Project = z.infer<typeof projectSchema>;

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: ({ signal }) => get('/admin/api/projects', projectListSchema, signal),
});
