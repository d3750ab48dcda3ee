import { z } from '@/lib/wire';

/** `q` is a part of the names that are shown. */
export const organizationsSearchSchema = z.object({
  q: z.catch(z.optional(z.string().check(z.maxLength(100))), undefined),
});
