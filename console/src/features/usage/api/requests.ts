import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import type { Selection } from '@/features/usage/search';
import { get, query } from '@/lib/http';
import { countForDrawing, tokensSchema, usdSchema } from '@/lib/money';
import type { DayRange } from '@/lib/time';
import { tokenCountsSchema } from '@/lib/tokens';
import { z } from '@/lib/wire';

const namedSchema = z.object({ id: z.string(), name: z.string() });
/** Milliseconds, sent as a decimal string. */
const millisSchema = z.nullish(
  z.pipe(
    z.union([tokensSchema, z.int()]),
    z.transform((millis) => countForDrawing(String(millis))),
  ),
);

/** One request as a list shows it. */
export const requestItemSchema = z.object({
  id: z.string(),
  admitted_at: z.string(),
  finished_at: z.nullish(z.string()),
  organization: z.nullish(namedSchema),
  project: z.nullish(namedSchema),
  api_key: z.nullish(namedSchema),
  model: z.string(),
  tokens: tokenCountsSchema,
  finish: z.string(),
  ttft_ms: millisSchema,
  cost: z.nullish(usdSchema),
});

export const requestPageSchema = z.object({
  items: z.array(requestItemSchema),
  next: z.nullish(z.string()),
});

export type RequestItem = z.infer<typeof requestItemSchema>;

export function requestsQuery(
  range: DayRange,
  filters: Selection & { finish?: string | undefined },
) {
  const parameters = { ...filters, ...range, limit: '50' };
  return infiniteQueryOptions({
    queryKey: ['requests', parameters],
    queryFn: ({ signal, pageParam }) =>
      get(
        `/admin/api/requests${query({ ...parameters, after: pageParam })}`,
        requestPageSchema,
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
}
