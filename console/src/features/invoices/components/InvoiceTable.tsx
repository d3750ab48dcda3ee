import { Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { Money } from '@/components/Money';
import type { InvoiceSummary } from '@/features/invoices/api/invoices';
import { StateBadge } from '@/features/invoices/components/StateBadge';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatDay, formatMonth } from '@/lib/time';

interface InvoiceTableProps {
  invoices: InvoiceSummary[];
  caption: string;
  /** Names whose it is, where several organizations are listed. */
  nameOf: ((organization: string) => string) | undefined;
}

/** One line an invoice or credit note; its number opens it. */
export function InvoiceTable({ invoices, caption, nameOf }: InvoiceTableProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const money = (id: 'net' | 'tax' | 'total' | 'paid'): Column<InvoiceSummary> => ({
    id,
    header: t(`invoices.col.${id}`),
    numeric: true,
    wideOnly: id === 'net' || id === 'tax',
    cell: ({ row: { original } }) => <Money amount={original[id]} currency={original.currency} />,
  });
  const whose: Column<InvoiceSummary>[] =
    nameOf === undefined
      ? []
      : [
          {
            id: 'organization',
            header: t('invoices.col.organization'),
            cell: ({ row }) => nameOf(row.original.organization_id),
          },
        ];
  const columns: Column<InvoiceSummary>[] = [
    {
      id: 'number',
      header: t('invoices.col.number'),
      cell: ({ row: { original } }) => (
        <Link to="/invoices/$id" params={{ id: original.invoice_id }} className="rowLink nowrap">
          {original.number ?? t('invoices.unnumbered', { id: original.invoice_id })}
        </Link>
      ),
    },
    ...whose,
    {
      id: 'month',
      header: t('invoices.col.month'),
      cell: ({ row }) => <span className="nowrap">{formatMonth(row.original.month, locale)}</span>,
    },
    {
      id: 'state',
      header: t('invoices.col.state'),
      cell: ({ row: { original } }) => (
        <Group gap={6}>
          {original.kind === 'CREDIT_NOTE' && <span>{t('invoices.kind.CREDIT_NOTE')}</span>}
          <StateBadge status={original.status} />
        </Group>
      ),
    },
    money('net'),
    money('tax'),
    money('total'),
    money('paid'),
    {
      id: 'due',
      header: t('invoices.col.due'),
      wideOnly: true,
      cell: ({ row }) =>
        row.original.due_on == null ? '–' : formatDay(row.original.due_on, locale),
    },
  ];
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={invoices}
      rowId={(invoice) => invoice.invoice_id}
    />
  );
}
