import { queryOptions } from '@tanstack/react-query';
import { get } from '@/lib/http';
import { tokensSchema, usdSchema } from '@/lib/money';
import { z } from '@/lib/wire';

const countsSchema = z.object({
  requests: tokensSchema,
  input: tokensSchema,
  output: tokensSchema,
});

const stateSchema = z.union([z.boolean(), z.string(), z.null()]);

const streamSchema = z.object({
  source: z.string(),
  replica: z.string(),
  epoch: z.union([z.string(), z.int()]),
  next_seq: z.string(),
  closed: stateSchema,
});

const engineStreamSchema = z.object({
  instance_id: z.string(),
  next_seq: z.string(),
  ended: stateSchema,
});

const differenceSchema = z.object({
  event_id: z.string(),
  what: z.string(),
  engine_input: z.nullish(tokensSchema),
  engine_output: z.nullish(tokensSchema),
  usage_input: z.nullish(tokensSchema),
  usage_output: z.nullish(tokensSchema),
  cost: z.nullish(usdSchema),
});

export const reconciliationSchema = z.object({
  as_of: z.nullable(z.string()),
  streams: z.array(streamSchema),
  engine_streams: z.array(engineStreamSchema),
  engine: countsSchema,
  journal: z.extend(countsSchema, {
    cost: usdSchema,
    admitted: tokensSchema,
    open: tokensSchema,
    unshipped: tokensSchema,
  }),
  usage: z.extend(countsSchema, { cost: usdSchema }),
  ledger: z.object({ cost: usdSchema }),
  waived: z.array(z.extend(countsSchema, { cause: z.string() })),
  settled: z.array(
    z.object({ event_id: z.string(), what: z.string(), note: z.nullish(z.string()) }),
  ),
  held: tokensSchema,
  differences: z.array(differenceSchema),
});

export type Reconciliation = z.infer<typeof reconciliationSchema>;
export type Difference = z.infer<typeof differenceSchema>;

const POLL_MILLIS = 5_000;

export const reconciliationQuery = queryOptions({
  queryKey: ['reconciliation'],
  queryFn: ({ signal }) => get('/admin/api/reconciliation', reconciliationSchema, signal),
  refetchInterval: POLL_MILLIS,
});
