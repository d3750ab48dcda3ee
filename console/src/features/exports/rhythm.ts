import { isDay } from '@/lib/time';

/** What files of a schedule are of, the shortest first. */
export const PERIODS = ['hour', 'day', 'month'] as const;

export type Period = (typeof PERIODS)[number];

/** When the period that runs is written. */
export const RHYTHMS = ['hourly', 'daily', 'after_close'] as const;

export type Rhythm = (typeof RHYTHMS)[number];

/** Those whose files have all rows of the dataset. */
export function periodsFrom(shortest: Period): Period[] {
  return PERIODS.slice(PERIODS.indexOf(shortest));
}

/** Those that are not slower than the period. */
export function rhythmsOf(period: Period): Rhythm[] {
  return RHYTHMS.filter((rhythm) => rhythm !== 'daily' || period !== 'hour');
}

const MOST_DAYS = 400;
const DAY_MILLIS = 86_400_000;

/** Whether a schedule may begin with that UTC day: it is not to come, and not too long ago. */
export function isBegin(day: string, now: Date): boolean {
  if (!isDay(day)) return false;
  const age = now.getTime() - Date.parse(`${day}T00:00:00Z`);
  return age >= 0 && age <= MOST_DAYS * DAY_MILLIS;
}
