import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addAmounts,
  addPico,
  addTokens,
  addUsd,
  chargePico,
  compareUsd,
  formatAmount,
  formatBytes,
  formatExact,
  formatPico,
  formatPpm,
  formatShare,
  formatShares,
  formatSum,
  formatTokens,
  fromPico,
  isAmountLike,
  minorOf,
  picoOf,
  share,
  subtractAmounts,
  subtractPico,
  subtractTokens,
  toPico,
} from '@/lib/money';

const pico = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });

describe('pico-dollars', () => {
  it('survive the way to text and back, far beyond the range of a number', () => {
    fc.assert(
      fc.property(pico, (amount) => {
        expect(toPico(fromPico(amount))).toBe(amount);
      }),
    );
  });

  it('are written in the shortest exact form', () => {
    fc.assert(
      fc.property(pico, (amount) => {
        expect(fromPico(amount)).toMatch(/^-?(0|[1-9]\d*)(\.\d{0,11}[1-9])?$/);
      }),
    );
  });

  it('add up to the last digit, in any order', () => {
    fc.assert(
      fc.property(fc.array(pico), (amounts) => {
        const sum = addUsd(amounts.map(fromPico));
        expect(toPico(sum)).toBe(amounts.reduce((total, amount) => total + amount, 0n));
        expect(addUsd(amounts.map(fromPico).reverse())).toBe(sum);
      }),
    );
  });

  it('compare as amounts, not as text', () => {
    fc.assert(
      fc.property(pico, pico, (left, right) => {
        const expected = left < right ? -1 : left > right ? 1 : 0;
        expect(compareUsd(fromPico(left), fromPico(right))).toBe(expected);
      }),
    );
  });

  it.each(['', '1.', '.5', '1e3', '1,000', '0.1234567890123', ' 1', 'NaN', '--1'])(
    'refuse %j',
    (text) => {
      expect(() => toPico(text)).toThrow(TypeError);
    },
  );
});

describe('formatExact', () => {
  it('loses no digit', () => {
    fc.assert(
      fc.property(pico, (amount) => {
        expect(toPico(formatExact(fromPico(amount)).replaceAll(',', ''))).toBe(amount);
      }),
    );
  });

  it.each([
    ['0.00330722', '0.00330722'],
    ['1234567.50', '1,234,567.5'],
    ['-1000', '-1,000'],
    ['9007199254740993.000000000001', '9,007,199,254,740,993.000000000001'],
  ])('writes %s as %s', (text, shown) => {
    expect(formatExact(text)).toBe(shown);
  });
});

describe('formatSum', () => {
  it('is off by at most half of its last digit', () => {
    fc.assert(
      fc.property(pico, (amount) => {
        const text = formatSum(fromPico(amount));
        const decimals = BigInt(text.split('.')[1]?.length ?? 0);
        const error = toPico(text.replaceAll(',', '')) - amount;
        expect((error < 0n ? -error : error) * 2n).toBeLessThanOrEqual(10n ** (12n - decimals));
      }),
    );
  });

  it.each([
    ['0', '0.00'],
    ['12.345', '12.35'],
    ['12.344999999999', '12.34'],
    ['999999.995', '1,000,000.00'],
    ['0.4312', '0.431'],
    ['0.024', '0.0240'],
    ['0.9999', '1.000'],
    ['0.0000066', '0.00000660'],
    ['0.000000000001', '0.000000000001'],
    ['-0.5', '-0.500'],
    ['-3', '-3.00'],
  ])('writes %s as %s', (text, shown) => {
    expect(formatSum(text)).toBe(shown);
  });
});

describe('token counts', () => {
  const count = fc.bigInt({ min: 0n, max: 10n ** 25n });

  it('add and subtract exactly', () => {
    fc.assert(
      fc.property(count, count, (left, right) => {
        const sum = addTokens([String(left), String(right)]);
        expect(BigInt(sum)).toBe(left + right);
        expect(subtractTokens(sum, String(right))).toBe(String(left));
      }),
    );
  });

  it('are grouped by thousands and nothing else', () => {
    fc.assert(
      fc.property(count, (tokens) => {
        expect(formatTokens(String(tokens))).toBe(tokens.toLocaleString('en-US'));
      }),
    );
  });

  it('times a unit price are an exact charge', () => {
    expect(chargePico('1203', '2190000')).toBe(2_634_570_000n);
    expect(fromPico(chargePico('1203', '2190000'))).toBe('0.00263457');
  });
});

describe('share', () => {
  it('lies between 0 and 1 for a part of the whole', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 20n }),
        fc.bigInt({ min: 0n, max: 10n ** 20n }),
        (a, b) => {
          const value = share(a, a + b);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('adds up to 100 % where parts that make up the whole are shown together', () => {
    expect(formatShares([1n, 1n, 1n], 3n)).toEqual(['33.4 %', '33.3 %', '33.3 %']);
    expect(formatShares([0n, 9_999n, 1n], 10_000n)).toEqual(['0.0 %', '100.0 %', '< 0.1 %']);
    expect(formatShares([], 0n)).toEqual([]);
    expect(formatShares([0n], 0n)).toEqual(['0.0 %']);
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 0n, max: 10n ** 20n }), { minLength: 1, maxLength: 9 }),
        (parts) => {
          const whole = parts.reduce((sum, part) => sum + part, 0n);
          fc.pre(whole > 0n);
          const tenths = formatShares(parts, whole).map((text) =>
            text.startsWith('<') ? 0 : Math.round(Number.parseFloat(text) * 10),
          );
          expect(tenths.reduce((sum, tenth) => sum + tenth, 0)).toBe(1000);
        },
      ),
    );
  });

  it.each([
    [0, '0.0 %'],
    [0.0004, '< 0.1 %'],
    [0.034, '3.4 %'],
    [0.57, '57 %'],
    [1, '100 %'],
  ])('writes %s as %s', (value, shown) => {
    expect(formatShare(value)).toBe(shown);
  });
});

describe('amounts of a currency', () => {
  const cents = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n });
  const text = (minor: bigint) => {
    const digits = (minor < 0n ? -minor : minor).toString().padStart(3, '0');
    return `${minor < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
  };

  it('add up and keep their places', () => {
    fc.assert(
      fc.property(fc.array(cents, { minLength: 1 }), (amounts) => {
        const sum = amounts.reduce((all, one) => all + one, 0n);
        expect(addAmounts(amounts.map(text))).toBe(text(sum));
      }),
    );
    expect(addAmounts([])).toBe('0');
    expect(addAmounts(['1200', '-200'])).toBe('1000');
    expect(subtractAmounts('0.05', '0.10')).toBe('-0.05');
  });

  it('are as many smallest units as they say', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 17n }), (minor) => {
        expect(minorOf(text(minor), '0.00')).toBe(minor.toString());
      }),
    );
    expect(minorOf('2.5', '12.30')).toBe('250');
    expect(minorOf('2500', '1234')).toBe('2500');
  });

  it('are typed with no more places than the currency has', () => {
    expect(['2.5', '2', '2.55', '0'].map((typed) => isAmountLike(typed, '1.00'))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(
      ['2.555', '-2', '2,5', '', '1e3', ' 2'].some((typed) => isAmountLike(typed, '1.00')),
    ).toBe(false);
    expect(isAmountLike('2.5', '1000')).toBe(false);
  });

  it('are shown as they are, and picos to the last digit', () => {
    expect(formatAmount('-1234567.80')).toBe('-1,234,567.80');
    expect(formatAmount('1234567')).toBe('1,234,567');
    expect(formatPico('9007199254740993000000000001')).toBe('9,007,199,254,740,993.000000000001');
    expect(formatPico('-4217')).toBe('-0.000000004217');
    expect(picoOf('2.50')).toBe('2500000000000');
    expect(subtractPico(addPico(['1', '2']), '5')).toBe('-2');
  });

  it('have rates that are exact', () => {
    expect([0, 100_000, 82_500, 1, 1_000_000].map(formatPpm)).toEqual([
      '0 %',
      '10 %',
      '8.25 %',
      '0.0001 %',
      '100 %',
    ]);
  });
});

describe('sizes of files', () => {
  it.each([
    ['0', '0 B'],
    ['999', '999 B'],
    ['1000', '1.0 KB'],
    ['999949', '999.9 KB'],
    ['999950', '1.0 MB'],
    ['157199162', '157.2 MB'],
    ['5000000000000000', '5,000.0 TB'],
  ])('of %s bytes are %s', (bytes, shown) => {
    expect(formatBytes(bytes)).toBe(shown);
  });
});
