import { infiniteQueryOptions, mutationOptions } from '@tanstack/react-query';
import { JOBS } from '@/features/exports/api/jobs';
import { newCommandId } from '@/lib/commands';
import { get, query, write } from '@/lib/http';
import { z } from '@/lib/wire';

export const scheduleSchema = z.object({
  schedule_id: z.string(),
  organization_id: z.nullish(z.string()),
  dataset: z.string(),
  format: z.string(),
  target: z.string(),
  period: z.enum(['hour', 'day', 'month']),
  rhythm: z.enum(['hourly', 'daily', 'after_close']),
  status: z.enum(['active', 'paused', 'closed']),
  written_until: z.string(),
  error: z.nullish(z.string()),
});

export const schedulePageSchema = z.object({
  items: z.array(scheduleSchema),
  next: z.nullable(z.string()),
});

/** A dataset that is written again and again to a target; `error` is of the run that failed. */
export type Schedule = z.infer<typeof scheduleSchema>;

const PATH = '/admin/api/exports/schedules';

/** Newest first, 50 at a time. Operators alone may read them. */
export function schedulesQuery(organization: string | undefined) {
  return infiniteQueryOptions({
    queryKey: [...JOBS, 'schedules', organization],
    queryFn: ({ signal, pageParam }) =>
      get(
        `${PATH}${query({ organization_id: organization, limit: '50', after: pageParam })}`,
        schedulePageSchema,
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

export type ScheduleVerb = 'pause' | 'resume' | 'close';

/** Pauses one, goes on with it (a run that failed is tried at once), or ends it for good. */
export const alterSchedule = mutationOptions({
  mutationFn: ({ id, verb }: { id: string; verb: ScheduleVerb }) =>
    write(`${PATH}/${encodeURIComponent(id)}/${verb}`, {
      method: 'POST',
      body: { command_id: newCommandId() },
      schema: scheduleSchema,
    }),
  onSettled: (_schedule, _error, _order, _result, { client }) =>
    client.invalidateQueries({ queryKey: JOBS }),
});
