import { mutationOptions, queryOptions } from '@tanstack/react-query';
import { get, write } from '@/lib/http';
import { picoSchema, type Pico } from '@/lib/money';
import { z } from '@/lib/wire';

const MODES = ['PREPAID', 'POSTPAID'] as const;

export type Mode = (typeof MODES)[number];

const grantSchema = z.object({
  id: z.string(),
  kind: z.string(),
  priority: z.int(),
  effective_at: z.string(),
  expires_at: z.nullable(z.string()),
  amount: picoSchema,
  remaining: picoSchema,
});

export const creditSchema = z.object({
  organization: z.string(),
  currency: z.string(),
  mode: z.enum(MODES),
  credit_limit: picoSchema,
  paid: picoSchema,
  limit: picoSchema,
  grants: z.array(grantSchema),
});

/** How an organization pays, how far, and the credit it has in drawing order; exact picos. */
export type Credit = z.infer<typeof creditSchema>;
export type Grant = z.infer<typeof grantSchema>;

export function creditQuery(organization: string) {
  return queryOptions({
    queryKey: ['credit', organization],
    queryFn: ({ signal }) =>
      get(`/admin/api/organizations/${organization}/credit`, creditSchema, signal),
  });
}

/** How money comes: paid ahead, given, or paid of what is owed. */
export const MONEY = ['top-ups', 'grants', 'payments'] as const;

export type MoneyKind = (typeof MONEY)[number];

interface MoneyOrder {
  organization: string;
  what: MoneyKind;
  command: string;
  amount: Pico;
  /** The first moment without it; none for ever. */
  expires_at?: string | undefined;
  /** Only what it would do. */
  dry: boolean;
}

/** Books money; answers the credit as it is then. Sent again with the same command it is once. */
export const orderMoney = mutationOptions({
  mutationFn: ({ organization, what, command, dry, ...more }: MoneyOrder) =>
    write(`/admin/api/organizations/${organization}/credit/${what}${dry ? '?dry_run=true' : ''}`, {
      method: 'POST',
      body: { command_id: command, ...more },
      schema: creditSchema,
    }),
  onSettled: (_credit, _error, { organization, dry }, _result, { client }) =>
    dry ? undefined : client.invalidateQueries({ queryKey: ['credit', organization] }),
});

interface TermsOrder {
  organization: string;
  command: string;
  mode: Mode;
  limit: Pico;
}

/** Prepaid or postpaid, and how far. Sent again with the same command it is done once. */
export const setTerms = mutationOptions({
  mutationFn: ({ organization, command, mode, limit }: TermsOrder) =>
    write(`/admin/api/organizations/${organization}/credit/terms`, {
      method: 'POST',
      body: { command_id: command, mode, credit_limit: limit },
      schema: creditSchema,
    }),
  onSettled: (_credit, _error, { organization }, _result, { client }) =>
    client.invalidateQueries({ queryKey: ['credit', organization] }),
});
