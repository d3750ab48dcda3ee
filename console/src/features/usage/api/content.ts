import { get, query } from '@/lib/http';
import { z } from '@/lib/wire';

export const contentSchema = z.object({
  created_at: z.string(),
  expires_at: z.string(),
  path: z.string(),
  request: z.string(),
  status: z.int(),
  content_type: z.nullable(z.string()),
  answer: z.nullable(z.string()),
});

export type Content = z.infer<typeof contentSchema>;

/**
 * The stored prompt and answer of a request. Each call is a view in the audit trail, and what it
 * answers is nobody else's: a plain function, into component state only and into no cache.
 */
export function readContent(id: string, projectId: string): Promise<Content> {
  return get(`/admin/api/requests/${id}/content${query({ project_id: projectId })}`, contentSchema);
}
