import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get, query } from '@/lib/http';
import { tokensSchema, usdSchema } from '@/lib/money';
import { tokenCountsSchema } from '@/lib/tokens';
import { z } from '@/lib/wire';

const daySchema = z.object({
  day: z.string(),
  requests: tokensSchema,
  tokens: tokenCountsSchema,
  cost: usdSchema,
  reference_cost: z.nullable(usdSchema),
});

const referenceSchema = z.object({
  name: z.string(),
  dated: z.string(),
  cost: usdSchema,
  ratio: z.nullable(z.string()),
});

export const overviewSchema = z.object({
  as_of: z.nullable(z.string()),
  currency: z.string(),
  requests: tokensSchema,
  tokens: tokenCountsSchema,
  cost: usdSchema,
  reference: z.nullable(referenceSchema),
  days: z.array(daySchema),
  top_projects: z.array(z.object({ id: z.string(), name: z.string(), cost: usdSchema })),
});

export type Overview = z.infer<typeof overviewSchema>;
export type OverviewDay = z.infer<typeof daySchema>;
export type Reference = z.infer<typeof referenceSchema>;

const POLL_MILLIS = 10_000;

export function overviewQuery(month: string, organization: string | undefined) {
  const parameters = { month, organization_id: organization };
  return queryOptions({
    queryKey: ['overview', parameters],
    queryFn: ({ signal }) => get(`/admin/api/overview${query(parameters)}`, overviewSchema, signal),
    refetchInterval: POLL_MILLIS,
    placeholderData: keepPreviousData,
  });
}
