import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { get, Problem, query } from '@/lib/http';
import { amountSchema, picoSchema, tokensSchema, usdSchema } from '@/lib/money';
import { z } from '@/lib/wire';

const partySchema = z.object({
  name: z.string(),
  address: z.array(z.string()),
  country: z.nullish(z.string()),
  tax_number: z.nullish(z.string()),
  email: z.nullish(z.string()),
  payment_details: z.nullish(z.array(z.string())),
});

const lineSchema = z.object({
  line_no: z.int(),
  kind: z.string(),
  month: z.nullish(z.string()),
  project_id: z.nullish(z.string()),
  project_name: z.nullish(z.string()),
  model: z.nullish(z.string()),
  sku: z.nullish(z.string()),
  price_version: z.nullish(z.string()),
  window: z.nullish(z.int()),
  quantity: z.nullish(tokensSchema),
  unit_pico: z.nullish(tokensSchema),
  unit_price: z.nullish(usdSchema),
  note: z.nullish(z.string()),
  reference_line: z.nullish(z.int()),
  amount_pico: picoSchema,
  amount: amountSchema,
  tax_code: z.nullish(z.string()),
});

const summarySchema = z.object({
  invoice_id: z.string(),
  organization_id: z.string(),
  kind: z.enum(['INVOICE', 'CREDIT_NOTE']),
  status: z.string(),
  number: z.nullish(z.string()),
  month: z.string(),
  currency: z.string(),
  issued_at: z.nullish(z.string()),
  due_on: z.nullish(z.string()),
  reference: z.nullish(z.object({ invoice_id: z.string(), number: z.nullish(z.string()) })),
  net: amountSchema,
  tax: amountSchema,
  total: amountSchema,
  paid: amountSchema,
  net_pico: picoSchema,
  rounding_pico: picoSchema,
});

const blockerSchema = z.object({
  code: z.string(),
  what: z.string(),
  waivable: z.boolean(),
  waiver: z.nullish(z.string()),
});

export const invoiceSchema = z.extend(summarySchema, {
  built_at: z.string(),
  terms: z.nullish(z.string()),
  issuer: partySchema,
  customer: partySchema,
  lines: z.array(lineSchema),
  taxes: z.array(
    z.object({
      code: z.string(),
      label: z.string(),
      rate_ppm: z.int(),
      net: amountSchema,
      amount: amountSchema,
    }),
  ),
  voided: z.nullish(z.object({ at: z.string(), by: z.string(), reason: z.string() })),
  blockers: z.array(blockerSchema),
});

export const invoicePageSchema = z.object({
  items: z.array(summarySchema),
  next: z.nullable(z.string()),
});

/** An invoice or credit note as a list shows it; amounts of its currency, `pico` exact. */
export type InvoiceSummary = z.infer<typeof summarySchema>;
/** One whole, with its lines, taxes, and what keeps it from being finalized. */
export type Invoice = z.infer<typeof invoiceSchema>;
export type InvoiceLine = z.infer<typeof lineSchema>;
export type Blocker = z.infer<typeof blockerSchema>;
export type Party = z.infer<typeof partySchema>;

export const INVOICES = ['invoices'];

export interface InvoiceFilter {
  organization_id: string | undefined;
  month?: string | undefined;
  status?: string | undefined;
}

/** Newest first, 200 at a time. */
export function invoicesQuery(filter: InvoiceFilter) {
  return infiniteQueryOptions({
    queryKey: [...INVOICES, 'list', filter],
    queryFn: ({ signal, pageParam }) =>
      get(
        `/admin/api/invoices${query({ ...filter, limit: '200', after: pageParam })}`,
        invoicePageSchema,
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
}

export const invoicePath = (id: string) => `/admin/api/invoices/${encodeURIComponent(id)}`;

export function invoiceQuery(id: string) {
  return queryOptions({
    queryKey: [...INVOICES, 'one', id],
    queryFn: ({ signal }) => get(invoicePath(id), invoiceSchema, signal),
  });
}

export function isGone(error: Error | null): boolean {
  return error instanceof Problem && error.status === 404;
}
