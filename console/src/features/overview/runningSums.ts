import type { OverviewDay } from '@/features/overview/api/overview';
import { addUsd, type Usd } from '@/lib/money';

/** Cost from the first day up to and including `day`, here and at the reference's prices. */
export interface RunningSum {
  day: string;
  cost: Usd;
  reference: Usd;
}

/** One sum for each given day; a day without usage repeats the sum before it. */
export function runningSums(days: string[], usage: readonly OverviewDay[]): RunningSum[] {
  const byDay = new Map(usage.map((day) => [day.day, day]));
  let cost = addUsd([]);
  let reference = addUsd([]);
  return days.map((day) => {
    const used = byDay.get(day);
    if (used) {
      cost = addUsd([cost, used.cost]);
      reference = addUsd([reference, used.reference_cost ?? '0']);
    }
    return { day, cost, reference };
  });
}
