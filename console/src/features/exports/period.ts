import { isDay, nextDay, rangeOfMonth, type DayRange } from '@/lib/time';

/** A month, or where there is none the days from the first to the last one, as somebody types. */
export interface Period {
  month: string | undefined;
  first: string;
  last: string;
}

/** Its UTC days, the end excluded; undefined while something is missing or upside down. */
export function periodOf({ month, first, last }: Period): DayRange | undefined {
  if (month !== undefined) return rangeOfMonth(month);
  if (!isDay(first) || !isDay(last) || last < first) return undefined;
  return { from: first, to: nextDay(last) };
}
