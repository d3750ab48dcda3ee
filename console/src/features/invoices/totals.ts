/** What a list of invoices adds up to, by currency. */
import type { InvoiceSummary } from '@/features/invoices/api/invoices';
import { addAmounts, subtractAmounts, type Amount } from '@/lib/money';

export interface Totals {
  currency: string;
  drafts: Amount;
  invoiced: Amount;
  credited: Amount;
  paid: Amount;
  /** Invoiced less what was credited and paid. */
  owed: Amount;
}

export function totalsOf(invoices: readonly InvoiceSummary[]): Totals[] {
  const currencies = [...new Set(invoices.map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    const those = invoices.filter((one) => one.currency === currency);
    const sum = (taken: (invoice: InvoiceSummary) => boolean, amount: 'total' | 'paid' = 'total') =>
      addAmounts([
        ...those.filter(taken).map((invoice) => invoice[amount]),
        subtractAmounts(those[0]?.total ?? '0', those[0]?.total ?? '0'),
      ]);
    const isFinal = ({ status }: InvoiceSummary) => status === 'finalized';
    const isNote = ({ kind }: InvoiceSummary) => kind === 'CREDIT_NOTE';
    const invoiced = sum((one) => isFinal(one) && !isNote(one));
    const credited = sum((one) => isFinal(one) && isNote(one));
    const paid = sum((one) => isFinal(one) && !isNote(one), 'paid');
    return {
      currency,
      drafts: sum(({ status }) => status === 'draft' || status === 'open'),
      invoiced,
      credited,
      paid,
      owed: subtractAmounts(addAmounts([invoiced, credited]), paid),
    };
  });
}
