import { queryOptions } from '@tanstack/react-query';
import { get, getText } from '@/lib/http';
import { z } from '@/lib/wire';

export const receiptSchema = z.object({
  id: z.string(),
  receipt: z.string(),
  log_index: z.nullable(z.string()),
  proof: z.nullable(z.string()),
  held: z.nullable(z.string()),
});

/**
 * A request's receipt; with its place in the log and the proof, once a checkpoint has it. `held`
 * says why none has: the record is held, or a person has rejected it.
 */
export type Receipt = z.infer<typeof receiptSchema>;

const POLL_MILLIS = 3_000;

export function receiptQuery(id: string) {
  return queryOptions({
    queryKey: ['receipt', id],
    queryFn: ({ signal }) =>
      get(`/admin/api/requests/${encodeURIComponent(id)}/receipt`, receiptSchema, signal),
    // The next checkpoint is seconds away, a person's decision is not; what is logged stays so.
    refetchInterval: ({ state: { data } }) =>
      data?.proof === null && data.held === null ? POLL_MILLIS : false,
  });
}

/** The log's keys, a line each: `name+id+key first-size last-size`. */
export function logKeys(): Promise<string> {
  return getText('/log/keys');
}
