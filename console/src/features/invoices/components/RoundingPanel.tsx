import { Alert, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { ExactMoney, Money } from '@/components/Money';
import { Facts } from '@/components/Facts';
import { Icon } from '@/components/Icon';
import { Panel } from '@/components/Panel';
import type { Invoice } from '@/features/invoices/api/invoices';
import { roundingOfLines } from '@/features/invoices/lines';
import { formatAmount, formatPpm } from '@/lib/money';

type Tax = Invoice['taxes'][number];

/** From the exact sum to what is asked for: one rounding, and the tax on it. */
export function RoundingPanel({ invoice }: { invoice: Invoice }) {
  const { t } = useTranslation();
  const { currency } = invoice;
  const traced = roundingOfLines(invoice.lines) === invoice.rounding_pico;
  const columns: Column<Tax>[] = [
    { id: 'label', header: t('taxes.col.label'), cell: ({ row }) => row.original.label },
    {
      id: 'rate',
      header: t('taxes.col.rate'),
      numeric: true,
      cell: ({ row }) => formatPpm(row.original.rate_ppm),
    },
    {
      id: 'net',
      header: t('taxes.col.net', { currency }),
      numeric: true,
      cell: ({ row }) => formatAmount(row.original.net),
    },
    {
      id: 'amount',
      header: t('taxes.col.amount', { currency }),
      numeric: true,
      cell: ({ row }) => formatAmount(row.original.amount),
    },
  ];
  return (
    <Panel title={t('rounding.title')} summary={t('rounding.summary')}>
      <Stack gap="md">
        <Facts
          facts={[
            {
              name: t('rounding.exact'),
              value: <ExactMoney pico={invoice.net_pico} currency={currency} />,
            },
            {
              name: t('rounding.net'),
              value: <Money amount={invoice.net} currency={currency} />,
            },
            {
              name: t('rounding.by'),
              value: <ExactMoney pico={invoice.rounding_pico} currency={currency} />,
            },
          ]}
        />
        <Alert
          role="status"
          py="xs"
          color={traced ? 'teal' : 'red'}
          icon={<Icon name={traced ? 'check' : 'warning'} />}
        >
          {t(traced ? 'rounding.traced' : 'rounding.untraced')}
        </Alert>
        {invoice.taxes.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('taxes.none')}
          </Text>
        ) : (
          <DataTable
            caption={t('taxes.title')}
            columns={columns}
            rows={invoice.taxes}
            rowId={(tax) => tax.code}
          />
        )}
      </Stack>
    </Panel>
  );
}
