import { z } from '@/lib/wire';

/** `past` shows the invitations that are over too. */
export const membersSearchSchema = z.object({
  past: z.catch(z.optional(z.literal('1')), undefined),
});
