import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get, query } from '@/lib/http';
import { picoSchema } from '@/lib/money';
import { z } from '@/lib/wire';

const monthSchema = z.object({
  month: z.string(),
  currency: z.string(),
  recognized_pico: picoSchema,
  breakage_pico: picoSchema,
  promo_expense_pico: picoSchema,
  rounding_pico: picoSchema,
  accrued_pico: picoSchema,
  receivable_pico: picoSchema,
  deferred_pico: picoSchema,
  promised_pico: picoSchema,
  tax_payable_pico: picoSchema,
});

export const revenueSchema = z.object({ months: z.array(monthSchema) });

/** What the ledger says of one month and currency, in exact picos. */
export type RevenueMonth = z.infer<typeof monthSchema>;

/** From the first month up to, and without, `until`. */
export function revenueQuery(from: string, until: string, organization: string | undefined) {
  const parameters = { from, until, organization_id: organization };
  return queryOptions({
    queryKey: ['revenue', parameters],
    queryFn: ({ signal }) =>
      get(`/admin/api/invoices/revenue${query(parameters)}`, revenueSchema, signal),
    placeholderData: keepPreviousData,
  });
}
