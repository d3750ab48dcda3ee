import { z } from '@/lib/wire';

const text = z.catch(z.optional(z.string().check(z.maxLength(100))), undefined);

/** Filters of the trail, and the row that is open. */
export const auditSearchSchema = z.object({
  action: text,
  object_kind: text,
  object_id: text,
  open: z.catch(z.optional(z.string().check(z.regex(/^\d+$/))), undefined),
});
