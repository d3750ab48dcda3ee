import type { Job } from '@/features/exports/api/jobs';
import { formatRange } from '@/lib/time';

const MIDNIGHT = 'T00:00:00Z';

/** Which time an export is of: a month, days, or the hours as they are, all of UTC. */
export function formatScope({ from, to }: Pick<Job, 'from' | 'to'>, locale: string): string {
  if (!from.endsWith(MIDNIGHT) || !to.endsWith(MIDNIGHT)) return `${from} – ${to}`;
  return formatRange(
    { from: from.slice(0, -MIDNIGHT.length), to: to.slice(0, -MIDNIGHT.length) },
    locale,
  );
}
