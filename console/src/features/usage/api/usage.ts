import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { Group, Selection } from '@/features/usage/search';
import { get, query } from '@/lib/http';
import { tokensSchema, usdSchema } from '@/lib/money';
import type { DayRange } from '@/lib/time';
import { tokenCountsSchema } from '@/lib/tokens';
import { z } from '@/lib/wire';

const totalSchema = z.object({
  requests: tokensSchema,
  tokens: tokenCountsSchema,
  cost: usdSchema,
});

const itemSchema = z.extend(totalSchema, { key: z.string(), name: z.nullish(z.string()) });

export const usageSchema = z.object({
  as_of: z.nullable(z.string()),
  currency: z.string(),
  items: z.array(itemSchema),
  total: totalSchema,
});

export type Usage = z.infer<typeof usageSchema>;
export type UsageItem = z.infer<typeof itemSchema>;

export function usageQuery(groupBy: Group, range: DayRange, filters: Selection) {
  const parameters = { ...filters, ...range, group_by: groupBy };
  return queryOptions({
    queryKey: ['usage', parameters],
    queryFn: ({ signal }) => get(`/admin/api/usage${query(parameters)}`, usageSchema, signal),
    placeholderData: keepPreviousData,
  });
}
