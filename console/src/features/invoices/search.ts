import { isMonth } from '@/lib/time';
import { z } from '@/lib/wire';

export const STATES = ['open', 'draft', 'finalized', 'void'] as const;

const month = z.catch(z.optional(z.string().check(z.refine(isMonth))), undefined);

/** Which invoices are listed: of one month, of one state. */
export const invoicesSearchSchema = z.object({
  month,
  status: z.catch(z.optional(z.enum(STATES)), undefined),
});

/** The last month that revenue is told of. */
export const revenueSearchSchema = z.object({ month });
