import { infiniteQueryOptions, mutationOptions, queryOptions } from '@tanstack/react-query';
import { JOBS } from '@/features/exports/api/jobs';
import { PERIODS, RHYTHMS, type Period, type Rhythm } from '@/features/exports/rhythm';
import { get, query, write } from '@/lib/http';
import { z } from '@/lib/wire';

export const scheduleSchema = z.object({
  schedule_id: z.string(),
  organization_id: z.nullish(z.string()),
  dataset: z.string(),
  format: z.string(),
  columns: z.array(z.string()),
  target: z.string(),
  period: z.enum(PERIODS),
  rhythm: z.enum(RHYTHMS),
  from: z.string(),
  status: z.enum(['active', 'paused', 'closed']),
  written_until: z.string(),
  written_as_of: z.nullish(z.string()),
  closed_until: z.string(),
  export_id: z.nullish(z.string()),
  failures: z.int(),
  retry_at: z.nullish(z.string()),
  error: z.nullish(z.string()),
  done_at: z.nullish(z.string()),
  made_by: z.string(),
  made_at: z.string(),
});

export const schedulePageSchema = z.object({
  items: z.array(scheduleSchema),
  next: z.nullable(z.string()),
});

/**
 * A dataset that is written again and again to a target. All before `written_until` is written
 * since it ended, all before `closed_until` since its month closed; `export_id` is the export that
 * runs or has failed, `error` why, and `retry_at` when it is tried again.
 */
export type Schedule = z.infer<typeof scheduleSchema>;

const SCHEDULES = [...JOBS, 'schedules'];
const PATH = '/admin/api/exports/schedules';
const POLL_MILLIS = 2_000;
const WHILE_IT_WAITS_MILLIS = 30_000;

const schedulePath = (id: string) => `${PATH}/${encodeURIComponent(id)}`;

/** When to ask again: soon while an export runs or is about to, else later while one is active. */
export function pollMillis(
  schedules: Pick<Schedule, 'status' | 'export_id' | 'retry_at'>[],
): number | false {
  const waits = schedules
    .filter(({ status }) => status === 'active')
    .map(({ export_id: job, retry_at: at }) =>
      job != null && (at == null || Date.parse(at) <= Date.now())
        ? POLL_MILLIS
        : WHILE_IT_WAITS_MILLIS,
    );
  return waits.length === 0 ? false : Math.min(...waits);
}

/** Newest first, 50 at a time; asked again while one is active. Only operators read them. */
export function schedulesQuery(organization: string | undefined) {
  return infiniteQueryOptions({
    queryKey: [...SCHEDULES, 'list', organization],
    queryFn: ({ signal, pageParam }) =>
      get(
        `${PATH}${query({ organization_id: organization, limit: '50', after: pageParam })}`,
        schedulePageSchema,
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: ({ state }) =>
      pollMillis(state.data?.pages.flatMap(({ items }) => items) ?? []),
  });
}

export function scheduleQuery(id: string) {
  return queryOptions({
    queryKey: [...SCHEDULES, 'one', id],
    queryFn: ({ signal }) => get(schedulePath(id), scheduleSchema, signal),
    refetchInterval: ({ state }) => pollMillis(state.data === undefined ? [] : [state.data]),
  });
}

/** What is written; sent again with the same command it is one schedule. */
export interface NewSchedule {
  command_id: string;
  /** Null: all. */
  organization_id: string | null;
  dataset: string;
  format: string;
  /** Null: all. */
  columns: string[] | null;
  target: string;
  period: Period;
  rhythm: Rhythm;
  /** The UTC day with which the first period begins; null: the period that runs. */
  from: string | null;
}

export const makeSchedule = mutationOptions({
  mutationFn: (schedule: NewSchedule) =>
    write(PATH, { method: 'POST', body: schedule, schema: scheduleSchema }),
  onSettled: (_schedule, _error, _order, _result, { client }) =>
    client.invalidateQueries({ queryKey: SCHEDULES }),
});

export type ScheduleVerb = 'pause' | 'resume' | 'close';

/** Pauses one, goes on with it (a run that failed is tried at once), or ends it for good. */
export const alterSchedule = mutationOptions({
  mutationFn: ({ id, verb, command }: { id: string; verb: ScheduleVerb; command: string }) =>
    write(`${schedulePath(id)}/${verb}`, {
      method: 'POST',
      body: { command_id: command },
      schema: scheduleSchema,
    }),
  onSettled: (_schedule, _error, _order, _result, { client }) =>
    client.invalidateQueries({ queryKey: JOBS }),
});
