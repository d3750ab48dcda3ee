import { queryOptions } from '@tanstack/react-query';
import { PERIODS } from '@/features/exports/rhythm';
import { get } from '@/lib/http';
import { z } from '@/lib/wire';

const datasetSchema = z.object({
  name: z.string(),
  /** Of a schedule. */
  shortest_period: z.enum(PERIODS),
  columns: z.array(z.object({ name: z.string(), description: z.string() })),
});

export const optionsSchema = z.object({
  datasets: z.array(datasetSchema),
  formats: z.array(z.string()),
  targets: z.array(z.string()),
});

/** What can be exported, how, and for operators where to. */
export type Options = z.infer<typeof optionsSchema>;
export type Dataset = z.infer<typeof datasetSchema>;

export const optionsQuery = queryOptions({
  queryKey: ['export-options'],
  queryFn: ({ signal }) => get('/admin/api/exports/options', optionsSchema, signal),
});
