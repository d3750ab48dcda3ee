import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { get, query } from '@/lib/http';
import { z } from '@/lib/wire';

const eventSchema = z.object({
  id: z.string(),
  at: z.string(),
  actor: z.string(),
  address: z.string(),
  action: z.string(),
  object_kind: z.string(),
  object_id: z.string(),
  organization_id: z.nullable(z.string()),
  before: z.unknown(),
  after: z.unknown(),
  request_id: z.string(),
  sequence: z.string(),
  hash: z.string(),
});

export const auditPageSchema = z.object({
  items: z.array(eventSchema),
  next: z.nullish(z.string()),
});

export type AuditEvent = z.infer<typeof eventSchema>;

export interface AuditFilter {
  organization_id: string | undefined;
  action: string | undefined;
  object_kind: string | undefined;
  object_id: string | undefined;
}

/** Rows of the trail, the newest first, fifty at a time. */
export function auditQuery(filter: AuditFilter) {
  return infiniteQueryOptions({
    queryKey: ['audit', filter],
    queryFn: ({ signal, pageParam }) =>
      get(
        `/admin/api/audit${query({ ...filter, limit: '50', after: pageParam })}`,
        auditPageSchema,
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
}
