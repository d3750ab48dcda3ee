import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChargeLine } from '@/features/usage/api/request';
import { addsUp, termsOf } from '@/features/usage/formula';
import { leafHash } from '@/features/usage/leafHash';
import { addUsd, chargePico, fromPico, type Tokens, type Usd } from '@/lib/money';

const PRICES: Record<string, [string, string]> = {
  HIT: ['0.14', '140000'],
  MISS: ['0.55', '550000'],
  REASONING: ['2.19', '2190000'],
  ANSWER: ['2.19', '2190000'],
};

function line(sku: string, tokens: bigint): ChargeLine {
  const [price = '0', pico = '0'] = PRICES[sku] ?? [];
  return {
    sku,
    tokens: String(tokens) as Tokens,
    unit_price: price as Usd,
    unit_pico: pico as Tokens,
    cost: fromPico(chargePico(String(tokens), pico)),
  };
}

const DESIGN_EXAMPLE = [
  line('HIT', 768n),
  line('MISS', 44n),
  line('REASONING', 1203n),
  line('ANSWER', 247n),
];

describe('the charge', () => {
  it('of the design page is 0.00330722', () => {
    expect(addUsd(DESIGN_EXAMPLE.map(({ cost }) => cost))).toBe('0.00330722');
    expect(addsUp(DESIGN_EXAMPLE, '0.00330722')).toBe(true);
  });

  it('adds up for any counts', () => {
    const count = fc.bigInt({ min: 0n, max: 10n ** 12n });
    fc.assert(
      fc.property(fc.tuple(count, count, count, count), (counts) => {
        const lines = Object.keys(PRICES).map((sku, index) => line(sku, counts[index] ?? 0n));
        expect(addsUp(lines, addUsd(lines.map(({ cost }) => cost)))).toBe(true);
      }),
    );
  });

  it('does not add up when it is off by one pico-dollar', () => {
    expect(addsUp(DESIGN_EXAMPLE, '0.003307220001')).toBe(false);
  });

  it('does not add up when a line is not tokens times price', () => {
    const wrong = DESIGN_EXAMPLE.map((item) =>
      item.sku === 'HIT' ? { ...item, tokens: '769' as Tokens } : item,
    );
    expect(addsUp(wrong, '0.00330722')).toBe(false);
  });

  it('shows classes in their fixed order and leaves out those without tokens', () => {
    const lines = [line('ANSWER', 3n), line('HIT', 0n), line('MISS', 1200n)];
    expect(termsOf(lines)).toEqual([
      { name: 'miss', tokens: '1,200', price: '0.55' },
      { name: 'answer', tokens: '3', price: '2.19' },
    ]);
  });
});

describe('the leaf hash', () => {
  it('is SHA-256 of 0x00 and the record', async () => {
    // RFC 6962: the leaf hash of an empty record.
    expect(await leafHash('')).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
  });
});
