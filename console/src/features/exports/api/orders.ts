import { mutationOptions } from '@tanstack/react-query';
import { JOBS, JOBS_PATH, jobPath, jobSchema } from '@/features/exports/api/jobs';
import { newCommandId } from '@/lib/commands';
import { write } from '@/lib/http';

/** What is exported; sent again with the same command it is one export. */
export interface NewExport {
  command_id: string;
  /** None: all organizations, for the operator. */
  organization_id?: string;
  dataset: string;
  /** UTC days; the end is excluded. */
  from: string;
  to: string;
  format: string;
  /** None: all. */
  columns?: string[];
  /** None: kept for download. */
  target?: string;
}

export const orderExport = mutationOptions({
  mutationFn: (order: NewExport) =>
    write(JOBS_PATH, { method: 'POST', body: order, schema: jobSchema }),
  onSettled: (_job, _error, _order, _result, { client }) =>
    client.invalidateQueries({ queryKey: JOBS }),
});

/** Ends one that waits or runs, or goes on with one that failed or was cancelled. */
export const alterExport = mutationOptions({
  mutationFn: ({ id, verb }: { id: string; verb: 'cancel' | 'resume' }) =>
    write(`${jobPath(id)}/${verb}`, {
      method: 'POST',
      body: { command_id: newCommandId() },
      schema: jobSchema,
    }),
  onSettled: (_job, _error, _order, _result, { client }) =>
    client.invalidateQueries({ queryKey: JOBS }),
});
