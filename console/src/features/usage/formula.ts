import type { ChargeLine } from '@/features/usage/api/request';
import { addUsd, chargePico, compareUsd, formatExact, formatTokens, fromPico } from '@/lib/money';
import { TOKEN_CLASSES, type TokenClass } from '@/lib/tokens';

/** One product of the formula: `12 hit × 0.14`. */
export interface Term {
  name: TokenClass;
  tokens: string;
  price: string;
}

/** The token class of a SKU; undefined for one this console does not know. */
export function classOf(sku: string): TokenClass | undefined {
  return TOKEN_CLASSES.find((name) => name.toUpperCase() === sku.toUpperCase());
}

/** Products in the order of the classes; a class without tokens adds nothing and is left out. */
export function termsOf(lines: readonly ChargeLine[]): Term[] {
  return TOKEN_CLASSES.flatMap((name) =>
    lines
      .filter((line) => classOf(line.sku) === name && line.tokens !== '0')
      .map((line) => ({
        name,
        tokens: formatTokens(line.tokens),
        price: formatExact(line.unit_price),
      })),
  );
}

/** Whether each line is tokens × unit price, and all lines together are the cost of the record. */
export function addsUp(lines: readonly ChargeLine[], cost: string): boolean {
  const exact = lines.every(
    (line) => compareUsd(fromPico(chargePico(line.tokens, line.unit_pico)), line.cost) === 0,
  );
  return exact && compareUsd(addUsd(lines.map((line) => line.cost)), cost) === 0;
}
