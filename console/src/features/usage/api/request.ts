import { queryOptions } from '@tanstack/react-query';
import { requestItemSchema } from '@/features/usage/api/requests';
import { get, Problem } from '@/lib/http';
import { tokensSchema, usdSchema } from '@/lib/money';
import { z } from '@/lib/wire';

const lineSchema = z.object({
  sku: z.string(),
  tokens: tokensSchema,
  unit_price: usdSchema,
  unit_pico: tokensSchema,
  cost: usdSchema,
});

const waivedSchema = z.object({
  input: tokensSchema,
  output: tokensSchema,
  cause: z.nullish(z.string()),
});

const priceVersionSchema = z.object({
  version_id: z.string(),
  name: z.string(),
  content_sha256: z.string(),
  valid_from: z.string(),
});

/** A count of the engine's receipt, as a string or a number. */
const receiptCount = z.pipe(z.union([z.string(), z.int()]), z.transform(String));

const engineSchema = z.object({
  tok_hit: receiptCount,
  tok_miss: receiptCount,
  tok_reason: receiptCount,
  tok_out: receiptCount,
  finish: z.string(),
});

const ledgerSchema = z.object({
  journal_id: z.string(),
  entries: z.array(z.object({ account: z.string(), amount: usdSchema })),
});

/** One request whole. Until billing has it (`in_journal`) there are no lines and no ledger. */
export const requestSchema = z.extend(requestItemSchema, {
  status: z.enum(['in_ledger', 'in_journal']),
  flags: z.optional(z.array(z.string())),
  waived: z.nullish(waivedSchema),
  price_version: z.nullish(priceVersionSchema),
  lines: z.nullish(z.array(lineSchema)),
  engine: z.nullish(engineSchema),
  ledger: z.nullish(ledgerSchema),
  reference_cost: z.nullish(usdSchema),
  record: z.nullish(z.string()),
  leaf_sha256: z.nullish(z.string()),
});

export type Request = z.infer<typeof requestSchema>;
export type ChargeLine = z.infer<typeof lineSchema>;

const POLL_MILLIS = 2_000;

export function requestQuery(id: string) {
  return queryOptions({
    queryKey: ['request', id],
    queryFn: ({ signal }) =>
      get(`/admin/api/requests/${encodeURIComponent(id)}`, requestSchema, signal),
    // On its way to the ledger: look again soon. In the ledger: it does not change any more.
    refetchInterval: ({ state }) => (state.data?.status === 'in_journal' ? POLL_MILLIS : false),
  });
}

export function isNotFound(error: Error | null): boolean {
  return error instanceof Problem && error.status === 404;
}
