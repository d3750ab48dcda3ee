import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { get, Problem, query } from '@/lib/http';
import { picoSchema, tokensSchema } from '@/lib/money';
import { z } from '@/lib/wire';

const STATUSES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;

export type Status = (typeof STATUSES)[number];

const fileSchema = z.object({
  file: z.string(),
  rows: tokensSchema,
  bytes: tokensSchema,
  sha256: z.string(),
});

const manifestSchema = z.object({
  rows: tokensSchema,
  sum_pico: z.record(z.string(), picoSchema),
  parts: z.array(fileSchema),
  complete_through: z.nullish(z.string()),
});

export const jobSchema = z.object({
  export_id: z.string(),
  organization_id: z.nullish(z.string()),
  dataset: z.string(),
  format: z.string(),
  columns: z.array(z.string()),
  from: z.string(),
  to: z.string(),
  target: z.nullish(z.string()),
  status: z.enum(STATUSES),
  rows_read: tokensSchema,
  error: z.nullish(z.string()),
  manifest: z.nullish(manifestSchema),
  downloadable: z.boolean(),
  requested_by: z.string(),
  created_at: z.string(),
  finished_at: z.nullish(z.string()),
  schedule_id: z.nullish(z.string()),
});

export const jobPageSchema = z.object({
  items: z.array(jobSchema),
  next: z.nullable(z.string()),
});

/**
 * An export, maybe of a schedule; no column is all of them, and the manifest is there once it is
 * done.
 */
export type Job = z.infer<typeof jobSchema>;
export type ExportFile = z.infer<typeof fileSchema>;

export const JOBS = ['exports'];
export const JOBS_PATH = '/admin/api/exports/jobs';

export const jobPath = (id: string) => `${JOBS_PATH}/${encodeURIComponent(id)}`;

export const filePath = (id: string, name: string) => `${jobPath(id)}/files/${name}`;

const POLL_MILLIS = 2_000;

export const isUnfinished = ({ status }: Job) => status === 'waiting' || status === 'running';

/** Newest first, 50 at a time; asked again while one of them waits or runs. */
export function jobsQuery(organization: string | undefined) {
  return infiniteQueryOptions({
    queryKey: [...JOBS, 'list', organization],
    queryFn: ({ signal, pageParam }) =>
      get(
        `${JOBS_PATH}${query({ organization_id: organization, limit: '50', after: pageParam })}`,
        jobPageSchema,
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some(isUnfinished)) ? POLL_MILLIS : false,
  });
}

export function jobQuery(id: string) {
  return queryOptions({
    queryKey: [...JOBS, 'one', id],
    queryFn: ({ signal }) => get(jobPath(id), jobSchema, signal),
    refetchInterval: ({ state }) =>
      state.data !== undefined && isUnfinished(state.data) ? POLL_MILLIS : false,
  });
}

export function isGone(error: Error | null): boolean {
  return error instanceof Problem && error.status === 404;
}
