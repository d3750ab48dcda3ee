import { queryOptions } from '@tanstack/react-query';
import { get } from '@/lib/http';
import { z } from '@/lib/wire';

const storingListSchema = z.object({
  items: z.array(z.object({ id: z.string(), content_days: z.nullish(z.int()) })),
});

/** Which projects store prompts and answers. */
export const storingQuery = queryOptions({
  queryKey: ['projects', 'storing'],
  queryFn: ({ signal }) => get('/admin/api/projects', storingListSchema, signal),
});
