import { z } from '@/lib/wire';

export const probeSchema = z.object({
  fit: z.boolean(),
  findings: z.array(
    z.object({
      check: z.string(),
      model: z.nullable(z.string()),
      passed: z.boolean(),
      detail: z.string(),
    }),
  ),
});

/** What a probe of a server found, check by check. */
export type Probe = z.infer<typeof probeSchema>;
