/** Months and days of billing are UTC; moments are shown in the viewer's zone. */

/** Half-open range of UTC days, `2026-11-01` to `2026-12-01`. */
export interface DayRange {
  from: string;
  to: string;
}

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

export function isMonth(text: string): boolean {
  return MONTH.test(text);
}

export function isDay(text: string): boolean {
  return DAY.test(text);
}

export function monthOf(moment: Date): string {
  return moment.toISOString().slice(0, 7);
}

export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

export function shiftMonth(month: string, by: number): string {
  const date = new Date(`${month}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + by);
  return monthOf(date);
}

export function nextDay(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + 1);
  return dayOf(date);
}

export function rangeOfMonth(month: string): DayRange {
  return { from: `${month}-01`, to: `${shiftMonth(month, 1)}-01` };
}

export function rangeOfDay(day: string): DayRange {
  return { from: day, to: nextDay(day) };
}

/** The month a range covers exactly, else undefined. */
export function monthOfRange(range: DayRange): string | undefined {
  const month = range.from.slice(0, 7);
  const whole = rangeOfMonth(month);
  return whole.from === range.from && whole.to === range.to ? month : undefined;
}

/** Every day of the range, at most 400 (what a chart shows). */
export function daysOf(range: DayRange): string[] {
  const days: string[] = [];
  for (let day = range.from; day < range.to && days.length < 400; day = nextDay(day))
    days.push(day);
  return days;
}

export function formatMonth(month: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${month}-01T00:00:00Z`));
}

export function formatDay(day: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${day}T00:00:00Z`));
}

/** A range in words: a month, a day, or its first and last day. */
export function formatRange(range: DayRange, locale: string): string {
  const month = monthOfRange(range);
  if (month !== undefined) return formatMonth(month, locale);
  if (nextDay(range.from) === range.to) return formatDay(range.from, locale);
  const last = new Date(Date.parse(`${range.to}T00:00:00Z`) - 1);
  return `${formatDay(range.from, locale)} – ${formatDay(dayOf(last), locale)}`;
}

/** To the minute, with the zone's name: days and months of billing are UTC. */
export function formatMoment(iso: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(new Date(iso));
}

/** To the millisecond and with the zone's name, where the order of events matters. */
export function formatMomentExact(iso: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZoneName: 'short',
  }).format(new Date(iso));
}

const STEPS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `3 minutes ago`, `in 2 days`. */
export function formatRelative(iso: string, now: Date, locale: string): string {
  const seconds = Math.round((Date.parse(iso) - now.getTime()) / 1000);
  const [unit, length] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? STEPS[3];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(
    Math.trunc(seconds / length),
    unit,
  );
}

export function secondsSince(iso: string, now: Date): number {
  return (now.getTime() - Date.parse(iso)) / 1000;
}

/** `340 ms`, `2.41 s`. */
export function formatMillis(millis: number): string {
  return millis < 1000 ? `${Math.round(millis)} ms` : `${(millis / 1000).toFixed(2)} s`;
}

export function millisBetween(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}
