import { z } from '@/lib/wire';

export const keysSearchSchema = z.object({
  project_id: z.catch(z.optional(z.string().check(z.regex(/^\d+$/))), undefined),
});
