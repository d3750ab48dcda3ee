import type { Job } from '@/features/exports/api/jobs';
import { formatDay, formatRange } from '@/lib/time';

const MIDNIGHT = 'T00:00:00Z';

/** Where a period begins or ends: a day, or the hour as it is, of UTC; a dash where it does not. */
export function formatBoundary(at: string | null | undefined, locale: string): string {
  if (at == null) return '–';
  return at.endsWith(MIDNIGHT) ? formatDay(at.slice(0, -MIDNIGHT.length), locale) : at;
}

/** Which time an export is of: a month, days, or the hours as they are, all of UTC. */
export function formatScope({ from, to }: Pick<Job, 'from' | 'to'>, locale: string): string {
  if (!from.endsWith(MIDNIGHT) || !to.endsWith(MIDNIGHT)) return `${from} – ${to}`;
  return formatRange(
    { from: from.slice(0, -MIDNIGHT.length), to: to.slice(0, -MIDNIGHT.length) },
    locale,
  );
}
