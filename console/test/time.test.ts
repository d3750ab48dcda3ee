import { describe, expect, it } from 'vitest';
import {
  daysOf,
  formatMillis,
  formatRange,
  formatRelative,
  isDay,
  isMonth,
  monthOfRange,
  nextDay,
  rangeOfMonth,
  shiftMonth,
} from '@/lib/time';

describe('billing periods', () => {
  it.each([
    ['2026-11', 1, '2026-12'],
    ['2026-12', 1, '2027-01'],
    ['2026-01', -1, '2025-12'],
    ['2026-11', -24, '2024-11'],
  ])('move from %s by %i to %s', (month, by, expected) => {
    expect(shiftMonth(month, by)).toBe(expected);
  });

  it('cover a month from its first day to the first of the next', () => {
    expect(rangeOfMonth('2028-02')).toEqual({ from: '2028-02-01', to: '2028-03-01' });
    expect(daysOf(rangeOfMonth('2028-02'))).toHaveLength(29);
    expect(daysOf(rangeOfMonth('2026-02')).at(-1)).toBe('2026-02-28');
  });

  it('know the month only when they cover it whole', () => {
    expect(monthOfRange(rangeOfMonth('2026-11'))).toBe('2026-11');
    expect(monthOfRange({ from: '2026-11-01', to: '2026-11-30' })).toBeUndefined();
  });

  it('step over the change of the year', () => {
    expect(nextDay('2026-12-31')).toBe('2027-01-01');
  });

  it.each([
    ['2026-11', true],
    ['2026-13', false],
    ['26-11', false],
  ])('accept the month %s: %s', (text, valid) => {
    expect(isMonth(text)).toBe(valid);
  });

  it.each([
    ['2026-11-30', true],
    ['2026-11-32', false],
    ['2026-11', false],
  ])('accept the day %s: %s', (text, valid) => {
    expect(isDay(text)).toBe(valid);
  });

  it('are named by month, by day, or by both ends', () => {
    expect(formatRange(rangeOfMonth('2026-11'), 'en-US')).toBe('November 2026');
    expect(formatRange({ from: '2026-11-22', to: '2026-11-23' }, 'en-US')).toBe(
      'Sun, Nov 22, 2026',
    );
    expect(formatRange({ from: '2026-11-01', to: '2026-11-03' }, 'en-US')).toBe(
      'Sun, Nov 1, 2026 – Mon, Nov 2, 2026',
    );
  });
});

describe('ages and lengths', () => {
  const now = new Date('2026-11-22T12:00:00Z');

  it.each([
    ['2026-11-22T11:59:57Z', '3 seconds ago'],
    ['2026-11-22T11:00:00Z', '1 hour ago'],
    ['2026-11-21T11:00:00Z', 'yesterday'],
    ['2026-12-22T12:00:00Z', 'in 30 days'],
  ])('say %s as %s', (iso, words) => {
    expect(formatRelative(iso, now, 'en-US')).toBe(words);
  });

  it('are milliseconds below a second', () => {
    expect(formatMillis(340)).toBe('340 ms');
    expect(formatMillis(6013)).toBe('6.01 s');
  });
});
