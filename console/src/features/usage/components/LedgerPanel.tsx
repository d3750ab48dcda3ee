import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { Panel } from '@/components/Panel';
import type { Request } from '@/features/usage/api/request';
import { addUsd, formatExact, type Usd } from '@/lib/money';

interface Entry {
  account: string;
  amount: Usd;
}

/** The request's ledger entries, which sum to zero. */
export function LedgerPanel({ request: { ledger } }: { request: Request }) {
  const { t } = useTranslation();
  if (!ledger || ledger.entries.length === 0) {
    return (
      <Panel title={t('request.ledger')}>
        <Text size="sm" c="dimmed">
          {t('request.ledger.none')}
        </Text>
      </Panel>
    );
  }
  const columns: Column<Entry>[] = [
    {
      id: 'account',
      header: t('request.ledger.account'),
      cell: ({ row }) => row.original.account,
    },
    {
      id: 'amount',
      header: t('request.ledger.amount'),
      numeric: true,
      cell: ({ row }) => formatExact(row.original.amount),
    },
  ];
  return (
    <Panel
      title={t('request.ledger')}
      summary={
        <span className="mono">{t('request.ledger.journal', { id: ledger.journal_id })}</span>
      }
    >
      <DataTable
        caption={t('request.ledger')}
        columns={columns}
        rows={ledger.entries}
        rowId={(entry) => `${entry.account} ${entry.amount}`}
        footer={{
          account: t('request.ledger.sum'),
          amount: formatExact(addUsd(ledger.entries.map((entry) => entry.amount))),
        }}
      />
    </Panel>
  );
}
