import { z } from '@/lib/wire';

/** Only a path inside the console may follow a login, never another site. */
function isInnerPath(path: string): boolean {
  return /^\/(?![/\\])/.test(path);
}

export const loginSearchSchema = z.object({
  next: z.catch(z.optional(z.string().check(z.refine(isInnerPath))), undefined),
});
