import { mutationOptions, queryOptions } from '@tanstack/react-query';
import { INVOICES, invoicePath } from '@/features/invoices/api/invoices';
import { get, write } from '@/lib/http';
import { z } from '@/lib/wire';

const deliverySchema = z.object({
  delivery_id: z.string(),
  what: z.enum(['FINALIZED', 'VOID']),
  channel: z.enum(['EMAIL', 'WEBHOOK']),
  address: z.nullish(z.string()),
  target_id: z.nullish(z.string()),
  attempts: z.int(),
  next_at: z.nullish(z.string()),
  delivered_at: z.nullish(z.string()),
  last_error: z.nullish(z.string()),
});

export const deliveriesSchema = z.object({ deliveries: z.array(deliverySchema) });

/** Who gets word of a document, and whether they did. */
export type Delivery = z.infer<typeof deliverySchema>;

const POLL_MILLIS = 5_000;

export function deliveriesQuery(invoice: string) {
  return queryOptions({
    queryKey: [...INVOICES, 'deliveries', invoice],
    queryFn: ({ signal }) => get(`${invoicePath(invoice)}/deliveries`, deliveriesSchema, signal),
    refetchInterval: ({ state }) =>
      state.data?.deliveries.some(({ next_at }) => next_at != null) ? POLL_MILLIS : false,
  });
}

/** Makes a delivery that was given up due again, with all its attempts. */
export const retryDelivery = mutationOptions({
  mutationFn: (order: { invoice: string; delivery: string; command: string }) =>
    write(`${invoicePath(order.invoice)}/deliveries/${order.delivery}/retry`, {
      method: 'POST',
      body: { command_id: order.command },
      schema: deliveriesSchema,
    }),
  onSettled: (_done, _error, { invoice }, _result, { client }) =>
    client.invalidateQueries({ queryKey: [...INVOICES, 'deliveries', invoice] }),
});

export type DeliveryState = 'delivered' | 'waiting' | 'failing' | 'given_up';

export function stateOf(delivery: Delivery): DeliveryState {
  if (delivery.delivered_at != null) return 'delivered';
  if (delivery.next_at == null) return 'given_up';
  return delivery.last_error == null ? 'waiting' : 'failing';
}
