import type { Selection } from '@/features/usage/search';
import { monthOf, rangeOfMonth, type DayRange } from '@/lib/time';

/** Splits the URL's selection into its period (this month by default) and its filters. */
export function splitSelection(
  search: Selection,
  organization: string | undefined,
): { range: DayRange; filters: Selection } {
  const { from, to, project_id, api_key_id, model_id } = search;
  const range = from && to && from < to ? { from, to } : rangeOfMonth(monthOf(new Date()));
  return { range, filters: { organization_id: organization, project_id, api_key_id, model_id } };
}
