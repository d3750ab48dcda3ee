/**
 * Money and token counts: the one place that parses and formats them.
 *
 * On the wire both are decimal strings. Money is dollars with at most 12 fraction digits, that is
 * whole pico-dollars, and is held as a `bigint` of picos. A JavaScript number is exact only up to
 * 9,007 dollars of picos, so numbers leave this file only as shares and pixel heights.
 */
import { z } from '@/lib/wire';

export const usdSchema = z
  .string()
  .check(z.regex(/^-?\d+(\.\d{1,12})?$/))
  .brand<'Usd'>();
export const tokensSchema = z
  .string()
  .check(z.regex(/^-?\d+$/))
  .brand<'Tokens'>();

/** A decimal amount of some currency, with that currency's places: `12.30`, of won `1234`. */
export const amountSchema = z
  .string()
  .check(z.regex(/^-?\d+(\.\d{1,12})?$/))
  .brand<'Amount'>();
/** An exact amount of some currency in picos: a millionth of a millionth of it. */
export const picoSchema = z
  .string()
  .check(z.regex(/^-?\d+$/))
  .brand<'Pico'>();

export type Usd = z.infer<typeof usdSchema>;
export type Amount = z.infer<typeof amountSchema>;
export type Pico = z.infer<typeof picoSchema>;
export type Tokens = z.infer<typeof tokensSchema>;

const PICOS_PER_DOLLAR = 1_000_000_000_000n;
const FRACTION_DIGITS = 12;

/** Dollars as whole pico-dollars; throws on anything that is not a decimal of ≤ 12 places. */
export function toPico(usd: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,12}))?$/.exec(usd);
  if (!match) throw new TypeError(`not an amount of dollars: ${usd}`);
  const [, sign, whole = '0', fraction = ''] = match;
  const pico = BigInt(whole) * PICOS_PER_DOLLAR + BigInt(fraction.padEnd(FRACTION_DIGITS, '0'));
  return sign === '-' ? -pico : pico;
}

/** Shortest exact decimal of an amount of picos: `12500000000n` is `0.0125`. */
export function fromPico(pico: bigint): Usd {
  const size = pico < 0n ? -pico : pico;
  const whole = (size / PICOS_PER_DOLLAR).toString();
  const fraction = (size % PICOS_PER_DOLLAR)
    .toString()
    .padStart(FRACTION_DIGITS, '0')
    .replace(/0+$/, '');
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return (pico < 0n ? `-${text}` : text) as Usd;
}

export function addUsd(amounts: readonly string[]): Usd {
  return fromPico(amounts.reduce((sum, amount) => sum + toPico(amount), 0n));
}

/** The sum, with as many places as the amount that has most. */
export function addAmounts(amounts: readonly string[]): Amount {
  const places = Math.max(0, ...amounts.map(placesOf));
  return withPlaces(
    amounts.reduce((sum, amount) => sum + toPico(amount), 0n),
    places,
  );
}

export function subtractAmounts(left: string, right: string): Amount {
  return withPlaces(toPico(left) - toPico(right), Math.max(placesOf(left), placesOf(right)));
}

const placesOf = (amount: string) => amount.split('.')[1]?.length ?? 0;

function withPlaces(pico: bigint, places: number): Amount {
  const [whole = '0', fraction = ''] = fromPico(pico).split('.');
  return (places === 0 ? whole : `${whole}.${fraction.padEnd(places, '0')}`) as Amount;
}

/** Whether it is an amount with no more places than `like` has, as somebody may type it. */
export function isAmountLike(text: string, like: string): boolean {
  return /^\d{1,15}(\.\d{1,12})?$/.test(text) && placesOf(text) <= placesOf(like);
}

/** As many places as a pico has, and as many digits as billing takes. */
const FINEST = '0.000000000000';
const MOST_PICO_DIGITS = 19;

/** Whether it is an amount that billing takes in picos, as somebody may type it. */
export function isExactAmount(text: string): boolean {
  return isAmountLike(text, FINEST) && picoOf(text).length <= MOST_PICO_DIGITS;
}

/** Whole smallest units of the currency that `like` shows: `2.5` is `250` beside `12.30`. */
export function minorOf(amount: string, like: string): string {
  const scale = 10n ** BigInt(FRACTION_DIGITS - placesOf(like));
  return (toPico(amount) / scale).toString();
}

export function isZero(amount: string): boolean {
  return toPico(amount) === 0n;
}

export function addPico(amounts: readonly string[]): Pico {
  return amounts.reduce((sum, amount) => sum + BigInt(amount), 0n).toString() as Pico;
}

export function subtractPico(left: string, right: string): Pico {
  return (BigInt(left) - BigInt(right)).toString() as Pico;
}

/** An amount in picos of its currency. */
export function picoOf(amount: string): Pico {
  return toPico(amount).toString() as Pico;
}

/** Every digit of an amount in picos, digits before the point grouped. */
export function formatPico(pico: string): string {
  return formatExact(fromPico(BigInt(pico)));
}

/** A decimal amount with its places as they are, digits before the point grouped. */
export function formatAmount(amount: string): string {
  const [whole = '0', fraction] = amount.split('.');
  return fraction === undefined ? group(whole) : `${group(whole)}.${fraction}`;
}

export function addTokens(counts: readonly string[]): Tokens {
  return counts.reduce((sum, count) => sum + BigInt(count), 0n).toString() as Tokens;
}

export function subtractTokens(left: string, right: string): Tokens {
  return (BigInt(left) - BigInt(right)).toString() as Tokens;
}

/** Tokens × pico-dollars per token: one line of a charge, exactly. */
export function chargePico(tokens: string, unitPico: string): bigint {
  return BigInt(tokens) * BigInt(unitPico);
}

/** A single charge: every digit, digits before the point grouped. */
export function formatExact(usd: string): string {
  const [whole = '0', fraction] = fromPico(toPico(usd)).split('.');
  return fraction === undefined ? group(whole) : `${group(whole)}.${fraction}`;
}

/**
 * A sum: two decimals, rounded half away from zero. Below one dollar three significant digits
 * stay, because a small site would otherwise read 0.00 for weeks. At most 12 decimals.
 */
export function formatSum(usd: string): string {
  const pico = toPico(usd);
  const size = pico < 0n ? -pico : pico;
  const decimals = size === 0n || size >= PICOS_PER_DOLLAR ? 2 : decimalsFor(size);
  const step = 10n ** BigInt(FRACTION_DIGITS - decimals);
  const rounded = ((size + step / 2n) / step) * step;
  const [whole = '0', fraction = ''] = fromPico(rounded).split('.');
  const text = `${group(whole)}.${fraction.padEnd(decimals, '0')}`;
  return pico < 0n && rounded > 0n ? `-${text}` : text;
}

function decimalsFor(size: bigint): number {
  const leadingZeros = FRACTION_DIGITS - size.toString().length;
  return Math.min(FRACTION_DIGITS, leadingZeros + 3);
}

export function formatTokens(tokens: string): string {
  return tokens.startsWith('-') ? `-${group(tokens.slice(1))}` : group(tokens);
}

const BYTE_UNITS = ['KB', 'MB', 'GB', 'TB'];

/** A file's size for reading, in steps of 1,000: `812 B`, `1.2 MB`. */
export function formatBytes(bytes: string): string {
  let tenths = BigInt(bytes) * 10n;
  let unit = -1;
  while (tenths >= 10_000n && unit < BYTE_UNITS.length - 1) {
    tenths = (tenths + 500n) / 1_000n;
    unit++;
  }
  const whole = group((tenths / 10n).toString());
  return unit < 0 ? `${whole} B` : `${whole}.${tenths % 10n} ${BYTE_UNITS[unit] ?? ''}`;
}

function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Short form for axes and nowhere else: `1.2k`, `34M`. */
export function formatAxis(value: number): string {
  return new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })
    .format(value)
    .toLowerCase()
    .replace('m', 'M')
    .replace('b', 'B');
}

/** Short form of dollars for axes and nowhere else. */
export function formatUsdAxis(value: number): string {
  if (value >= 1000) return `$${formatAxis(value)}`;
  return `$${new Intl.NumberFormat('en-US', { maximumSignificantDigits: 2 }).format(value)}`;
}

/** Approximation in dollars, only for heights and axes. */
export function dollarsForDrawing(usd: string): number {
  return Number(toPico(usd)) / 1e12;
}

/** Approximation of an amount in picos, only for heights and axes. */
export function picoForDrawing(pico: string): number {
  return Number(BigInt(pico)) / 1e12;
}

/** Approximation of a count, only for heights and axes. */
export function countForDrawing(tokens: string): number {
  return Number(tokens);
}

/** Part of a whole from 0 to 1, both of the same unit; 0 of nothing is 0. */
export function share(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number((part * 1_000_000n) / whole) / 1_000_000;
}

export function shareOfUsd(part: string, whole: string): number {
  return share(toPico(part), toPico(whole));
}

export function shareOfTokens(part: string, whole: string): number {
  return share(BigInt(part), BigInt(whole));
}

/** `0.034` is `3.4 %`; what is there but rounds to nothing is `< 0.1 %`. */
export function formatShare(value: number): string {
  if (value > 0 && value < 0.001) return '< 0.1 %';
  return `${(value * 100).toFixed(value >= 0.0995 ? 0 : 1)} %`;
}

/** Percent of at most four places in millionths, as somebody types it; undefined if it is none. */
export function ppmOf(percent: string): number | undefined {
  if (!/^\d{1,3}(\.\d{1,4})?$/.test(percent)) return undefined;
  const ppm = Number(toPico(percent) / 100_000_000n);
  return ppm <= 1_000_000 ? ppm : undefined;
}

/** Millionths as percent, exactly: `100000` is `10 %`, `82500` is `8.25 %`. */
export function formatPpm(ppm: number): string {
  const fraction = (ppm % 10_000).toString().padStart(4, '0').replace(/0+$/, '');
  const whole = Math.trunc(ppm / 10_000).toString();
  return `${fraction === '' ? whole : `${whole}.${fraction}`} %`;
}

/**
 * Parts of a whole that are shown beside each other: tenths of a percent by largest remainder, so
 * that the shown shares of a whole that is all there add up to 100.0 %.
 */
export function formatShares(parts: readonly bigint[], whole: bigint): string[] {
  if (whole <= 0n) return parts.map(() => formatShare(0));
  const floors = parts.map((part) => (part * 1000n) / whole);
  const rest = parts.map((part, index) => part * 1000n - (floors[index] ?? 0n) * whole);
  const exact = parts.reduce((sum, part) => sum + part * 1000n, 0n);
  let missing = (exact + whole / 2n) / whole - floors.reduce((sum, floor) => sum + floor, 0n);
  const order = [...parts.keys()].sort((left, right) =>
    compare(rest[right] ?? 0n, rest[left] ?? 0n),
  );
  for (const index of order) {
    if (missing <= 0n) break;
    floors[index] = (floors[index] ?? 0n) + 1n;
    missing -= 1n;
  }
  return floors.map((tenths, index) =>
    tenths === 0n && (parts[index] ?? 0n) > 0n
      ? '< 0.1 %'
      : `${(tenths / 10n).toString()}.${(tenths % 10n).toString()} %`,
  );
}

export function compareUsd(left: string, right: string): number {
  return compare(toPico(left), toPico(right));
}

export function compareTokens(left: string, right: string): number {
  return compare(BigInt(left), BigInt(right));
}

function compare(left: bigint, right: bigint): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
