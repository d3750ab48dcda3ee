import { mutationOptions, queryOptions } from '@tanstack/react-query';
import { INVOICES, invoicePath, invoiceSchema } from '@/features/invoices/api/invoices';
import { newCommandId } from '@/lib/commands';
import { write } from '@/lib/http';

/** What is ordered of an invoice. Sent again with the same command it is done once. */
export interface Order {
  invoice: string;
  /** Below the invoice's own path. */
  what: 'finalize' | 'void' | 'waivers' | 'credit-notes';
  command: string;
  reason: string;
  blocker?: string;
  /** Of a credit note: what of which lines, in smallest units; none for all that is left. */
  lines?: { line_no: number; amount_minor: string }[];
}

/** Carries an order out; answers the invoice, or of a credit note that note. */
export const orderInvoice = mutationOptions({
  mutationFn: ({ invoice, what, command, reason, ...more }: Order) =>
    write(`${invoicePath(invoice)}/${what}`, {
      method: 'POST',
      body: { command_id: command, reason, ...more },
      schema: invoiceSchema,
    }),
  onSettled: (_done, _error, _order, _result, { client }) =>
    client.invalidateQueries({ queryKey: INVOICES }),
});

/** What finalizing would make of a draft: a dry run, of which nothing stays. */
export function previewQuery(invoice: string) {
  return queryOptions({
    queryKey: [...INVOICES, 'preview', invoice],
    queryFn: () =>
      write(`${invoicePath(invoice)}/finalize?dry_run=true`, {
        method: 'POST',
        body: { command_id: newCommandId(), reason: 'preview' },
        schema: invoiceSchema,
      }),
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
}
