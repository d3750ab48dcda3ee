import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { get, Problem, query } from '@/lib/http';
import { z } from '@/lib/wire';

const modelSchema = z.object({
  model: z.string(),
  upstream_name: z.string(),
  priority: z.nullish(z.int()),
  context_length: z.nullish(z.int()),
  max_output_tokens: z.nullish(z.int()),
  reasoning: z.nullish(z.boolean()),
});

const standingSchema = z.object({
  healthy: z.boolean(),
  breaker: z.enum(['closed', 'half_open', 'open']),
  outstanding: z.int(),
  checked_at: z.nullable(z.string()),
  problems: z.array(
    z.object({ at: z.string(), why: z.string(), request_id: z.nullable(z.string()) }),
  ),
});

export const upstreamSchema = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  has_key: z.boolean(),
  trusted: z.nullable(z.string()),
  enabled: z.boolean(),
  cache_salt: z.boolean(),
  start_within_seconds: z.int(),
  models: z.array(modelSchema),
  created_at: z.string(),
  probed_at: z.string(),
  standing: z.nullable(standingSchema),
  version: z.string(),
});

export const upstreamPageSchema = z.object({
  items: z.array(upstreamSchema),
  next: z.nullable(z.string()),
  own: z.array(
    z.object({ name: z.string(), models: z.array(z.string()), standing: standingSchema }),
  ),
});

/** A server of others. Its key is never told, only whether there is one. */
export type Upstream = z.infer<typeof upstreamSchema>;
export type UpstreamModel = z.infer<typeof modelSchema>;
/** How it does at the replica that answers. */
export type Standing = z.infer<typeof standingSchema>;
/** One of the site's own inference-services. */
export type OwnUpstream = z.infer<typeof upstreamPageSchema>['own'][number];

export const UPSTREAMS = ['upstreams'];

const POLL_MILLIS = 5_000;

export const upstreamsQuery = infiniteQueryOptions({
  queryKey: [...UPSTREAMS, 'list'],
  queryFn: ({ signal, pageParam }) =>
    get(
      `/admin/api/upstreams${query({ limit: '50', after: pageParam })}`,
      upstreamPageSchema,
      signal,
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next ?? undefined,
  refetchInterval: POLL_MILLIS,
});

export function upstreamQuery(id: string) {
  return queryOptions({
    queryKey: [...UPSTREAMS, id],
    queryFn: ({ signal }) =>
      get(`/admin/api/upstreams/${encodeURIComponent(id)}`, upstreamSchema, signal),
    refetchInterval: POLL_MILLIS,
  });
}

export function isGone(error: Error | null): boolean {
  return error instanceof Problem && error.status === 404;
}
