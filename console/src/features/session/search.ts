import { z } from '@/lib/wire';

/** Only a path inside the console may follow a login, never another site. */
function isInnerPath(path: string): boolean {
  return /^\/(?![/\\])/.test(path);
}

export const loginSearchSchema = z.object({
  refused: z.catch(z.optional(z.string().check(z.regex(/^[a-z_]{1,40}$/))), undefined),
  request_id: z.catch(z.optional(z.string().check(z.regex(/^[0-9a-f-]{1,40}$/))), undefined),
  next: z.catch(z.optional(z.string().check(z.refine(isInnerPath))), undefined),
});
