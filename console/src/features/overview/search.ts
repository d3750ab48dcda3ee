import { isMonth } from '@/lib/time';
import { z } from '@/lib/wire';

/** What the overview keeps in the URL. */
export const overviewSearchSchema = z.object({
  month: z.catch(z.optional(z.string().check(z.refine(isMonth))), undefined),
});
