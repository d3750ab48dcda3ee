import { useTranslation } from 'react-i18next';
import type { Invoice, InvoiceLine } from '@/features/invoices/api/invoices';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMonth } from '@/lib/time';

/** What a line is for, in words; its month where that is not the invoice's. */
export function useLineName(): (line: InvoiceLine, invoice: Invoice) => string {
  const { t } = useTranslation();
  const locale = useLocale();
  const nameOf = (line: InvoiceLine, invoice: Invoice) => {
    switch (line.kind) {
      case 'USAGE':
        return line.sku ?? line.model ?? line.kind;
      case 'TIER':
        return t('lines.kind.TIER', { sku: line.sku ?? '' });
      case 'SHORTFALL':
        return t('lines.kind.SHORTFALL');
      case 'CREDIT':
        return t(line.note === 'PROMO' ? 'lines.kind.CREDIT.PROMO' : 'lines.kind.CREDIT.PAID');
      case 'CARRIED':
        return t(
          line.amount_pico.startsWith('-') ? 'lines.kind.CARRIED.FROM' : 'lines.kind.CARRIED.TO',
        );
      case 'ADJUSTMENT':
        return t('lines.kind.ADJUSTMENT', { line: line.reference_line ?? '' });
      case 'TAX':
        return invoice.taxes.find(({ code }) => code === line.tax_code)?.label ?? line.kind;
      default:
        return line.kind;
    }
  };
  return (line, invoice) => {
    const name = nameOf(line, invoice);
    const late = line.month != null && line.month !== invoice.month;
    return late ? `${name} (${formatMonth(line.month ?? '', locale)})` : name;
  };
}
