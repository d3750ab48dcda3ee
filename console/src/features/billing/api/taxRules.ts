import { infiniteQueryOptions, mutationOptions } from '@tanstack/react-query';
import { get, query, write } from '@/lib/http';
import { z } from '@/lib/wire';

export const LINE_KINDS = ['USAGE', 'TIER', 'SHORTFALL', 'CREDIT'] as const;

export const taxRuleSchema = z.object({
  tax_rule_id: z.string(),
  organization_id: z.nullish(z.string()),
  country: z.nullish(z.string()),
  line_kind: z.nullish(z.string()),
  code: z.string(),
  label: z.string(),
  rate_ppm: z.int(),
  from: z.string(),
  to: z.nullish(z.string()),
  made_by: z.string(),
  made_at: z.string(),
});

export const taxRulesSchema = z.object({
  items: z.array(taxRuleSchema),
  next: z.nullish(z.string()),
});

/** A tax of some lines of somebody's invoices, in millionths; `to` is the first day after it. */
export type TaxRule = z.infer<typeof taxRuleSchema>;

const TAX_RULES = ['tax-rules'];
const PATH = '/admin/api/invoices/tax-rules';

/** Newest first, 50 at a time. */
export const taxRulesQuery = infiniteQueryOptions({
  queryKey: TAX_RULES,
  queryFn: ({ signal, pageParam }) =>
    get(`${PATH}${query({ limit: '50', after: pageParam })}`, taxRulesSchema, signal),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next ?? undefined,
});

export interface NewTaxRule {
  command_id: string;
  organization_id: string | null;
  country: string | null;
  line_kind: string | null;
  code: string;
  label: string;
  rate_ppm: number;
  from: string;
  to: string | null;
}

export const makeTaxRule = mutationOptions({
  mutationFn: (rule: NewTaxRule) =>
    write(PATH, { method: 'POST', body: rule, schema: taxRuleSchema }),
  onSettled: (_rule, _error, _order, _result, { client }) =>
    client.invalidateQueries({ queryKey: TAX_RULES }),
});

/** Ends a rule that has no end; `to` is the first day without it. */
export const closeTaxRule = mutationOptions({
  mutationFn: ({ id, command, to }: { id: string; command: string; to: string }) =>
    write(`${PATH}/${id}/close`, {
      method: 'POST',
      body: { command_id: command, to },
      schema: taxRuleSchema,
    }),
  onSettled: (_rule, _error, _order, _result, { client }) =>
    client.invalidateQueries({ queryKey: TAX_RULES }),
});
