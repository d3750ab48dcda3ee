import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { Panel } from '@/components/Panel';
import type { Invoice, InvoiceLine } from '@/features/invoices/api/invoices';
import { projectNamesQuery } from '@/features/invoices/api/projects';
import { LineDialog } from '@/features/invoices/components/LineDialog';
import { useLineName } from '@/features/invoices/lineName';
import { formatAmount, formatExact, formatPico, formatTokens } from '@/lib/money';

/** Every line; its button shows the records behind it. */
export function LinePanel({ invoice }: { invoice: Invoice }) {
  const { t } = useTranslation();
  const projects = useQuery(projectNamesQuery(invoice.organization_id));
  const [open, setOpen] = useState<InvoiceLine>();
  const lineName = useLineName();
  const projectName = ({ project_id: id, project_name: then }: InvoiceLine) =>
    then ?? projects.data?.items.find((project) => project.id === id)?.name ?? id ?? undefined;
  const columns: Column<InvoiceLine>[] = [
    {
      id: 'line',
      header: t('lines.col.line'),
      cell: ({ row: { original } }) => (
        <div>
          {lineName(original, invoice)}
          <Text size="xs" c="dimmed">
            {[
              projectName(original),
              original.window == null || original.window === 0
                ? undefined
                : t('lines.window', { window: original.window }),
              original.kind === 'ADJUSTMENT' ? original.note : undefined,
            ]
              .filter((part) => part != null)
              .join(' · ')}
          </Text>
        </div>
      ),
    },
    {
      id: 'quantity',
      header: t('lines.col.quantity'),
      numeric: true,
      cell: ({ row }) =>
        row.original.quantity == null ? '–' : formatTokens(row.original.quantity),
    },
    {
      id: 'price',
      header: t('lines.col.price', { currency: invoice.currency }),
      numeric: true,
      cell: ({ row }) =>
        row.original.unit_price == null ? '–' : formatExact(row.original.unit_price),
    },
    {
      id: 'exact',
      header: t('lines.col.exact'),
      numeric: true,
      wideOnly: true,
      cell: ({ row }) => formatPico(row.original.amount_pico),
    },
    {
      id: 'amount',
      header: t('lines.col.amount', { currency: invoice.currency }),
      numeric: true,
      cell: ({ row }) => formatAmount(row.original.amount),
    },
    {
      id: 'trace',
      header: t('lines.col.trace'),
      numeric: true,
      cell: ({ row: { original } }) => (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={t('lines.trace.named', { number: original.line_no })}
          onClick={() => {
            setOpen(original);
          }}
        >
          {t('lines.trace')}
        </Button>
      ),
    },
  ];
  return (
    <Panel title={t('lines.title')} summary={t('lines.summary')}>
      {invoice.lines.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('lines.none')}
        </Text>
      ) : (
        <DataTable
          caption={t('lines.title')}
          columns={columns}
          rows={invoice.lines}
          rowId={(line) => String(line.line_no)}
          footer={{ line: t('invoices.col.total'), amount: formatAmount(invoice.total) }}
        />
      )}
      {open && (
        <LineDialog
          invoice={invoice}
          line={open}
          projectName={projectName(open)}
          onClose={() => {
            setOpen(undefined);
          }}
        />
      )}
    </Panel>
  );
}
