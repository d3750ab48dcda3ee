/** How a line of an invoice comes from usage records, and how it was rounded. */
import type { Invoice, InvoiceLine } from '@/features/invoices/api/invoices';
import { addPico, addTokens, picoOf, subtractPico, type Pico, type Tokens } from '@/lib/money';
import type { TokenClass } from '@/lib/tokens';

const CLASS_OF: Record<string, TokenClass> = {
  hit: 'hit',
  miss: 'miss',
  reasoning: 'reasoning',
  output: 'answer',
};

/** Which of the four classes a line of usage counts, batches too; undefined for other lines. */
export function classOf({ model, sku }: InvoiceLine): TokenClass | undefined {
  if (model == null || sku == null || !sku.startsWith(`${model}-`)) return undefined;
  return CLASS_OF[sku.slice(model.length + 1).replace(/-batch$/, '')];
}

/** Lines that count the same tokens of the same month, project and model, at whatever price. */
export function siblingsOf(invoice: Invoice, line: InvoiceLine): InvoiceLine[] {
  return invoice.lines.filter(
    (other) =>
      other.kind === 'USAGE' &&
      other.month === line.month &&
      other.project_id === line.project_id &&
      other.model === line.model &&
      classOf(other) === classOf(line),
  );
}

export function tokensOf(lines: readonly InvoiceLine[]): Tokens {
  return addTokens(lines.map(({ quantity }) => quantity ?? '0'));
}

/** What rounding added to the line's exact amount; below 0 what it took. */
export function roundingOf(line: InvoiceLine): Pico {
  return subtractPico(picoOf(line.amount), line.amount_pico);
}

/** What rounding added to all lines but taxes; the same as the invoice says of itself. */
export function roundingOfLines(lines: readonly InvoiceLine[]): Pico {
  return addPico(lines.filter(({ kind }) => kind !== 'TAX').map(roundingOf));
}
