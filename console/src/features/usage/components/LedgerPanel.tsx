import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { Panel } from '@/components/Panel';
import type { Request } from '@/features/usage/api/request';
import type { en } from '@/lib/i18n/en';
import { addUsd, formatExact, type Usd } from '@/lib/money';

type AccountKey = Extract<keyof typeof en, `account.${string}`>;

interface Entry {
  account: string;
  amount: Usd;
}

/** The request's ledger entries, which sum to zero. */
export function LedgerPanel({ request: { ledger } }: { request: Request }) {
  const { t, i18n } = useTranslation();
  const nameOf = (account: string) => {
    const key = `account.${account}`;
    return i18n.exists(key) ? t(key as AccountKey) : account;
  };
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
      cell: ({ row }) => <span title={row.original.account}>{nameOf(row.original.account)}</span>,
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
