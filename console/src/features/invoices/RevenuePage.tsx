import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Back } from '@/components/Back';
import { DataTable, type Column } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { Lines } from '@/components/Lines';
import { MonthPicker } from '@/components/MonthPicker';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { useOrganization } from '@/components/useViewer';
import { revenueQuery, type RevenueMonth } from '@/features/invoices/api/revenue';
import { RevenueChart } from '@/features/invoices/components/RevenueChart';
import classes from '@/features/invoices/components/RevenueChart.module.css';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatPico } from '@/lib/money';
import { formatMonth, monthOf, shiftMonth } from '@/lib/time';

const route = getRouteApi('/signed-in/revenue');
const MONTHS = 12;

/** What the ledger says was earned, month by month. */
export function RevenuePage() {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const organization = useOrganization();
  const { month = monthOf(new Date()) } = route.useSearch();
  const query = useQuery(
    revenueQuery(shiftMonth(month, 1 - MONTHS), shiftMonth(month, 1), organization),
  );
  return (
    <>
      <Back to="/invoices" label={t('invoices.title')} />
      <PageHeader title={t('revenue.title')} lead={t('revenue.lead')}>
        <MonthPicker
          month={month}
          onChange={(chosen) => {
            void navigate({ search: (before) => ({ ...before, month: chosen }) });
          }}
        />
      </PageHeader>
      <QueryState query={query} what={t('revenue.what')} skeleton={<Lines count={8} />}>
        {({ months }) => <Currencies months={months} />}
      </QueryState>
    </>
  );
}

function Currencies({ months }: { months: RevenueMonth[] }) {
  const { t } = useTranslation();
  const currencies = [...new Set(months.map(({ currency }) => currency))].sort();
  if (currencies.length === 0) {
    return (
      <Panel>
        <EmptyState title={t('revenue.empty')} body={t('revenue.empty.body')} />
      </Panel>
    );
  }
  return (
    <Stack gap="md">
      {currencies.map((currency) => (
        <OfCurrency
          key={currency}
          currency={currency}
          months={months.filter((one) => one.currency === currency)}
        />
      ))}
    </Stack>
  );
}

const COLUMNS = [
  'recognized',
  'breakage',
  'accrued',
  'deferred',
  'receivable',
  'promised',
  'promo_expense',
  'rounding',
  'tax_payable',
] as const;

function OfCurrency({ currency, months }: { currency: string; months: RevenueMonth[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const last = months.at(-1);
  const columns: Column<RevenueMonth>[] = [
    {
      id: 'month',
      header: t('invoices.col.month'),
      cell: ({ row }) => <span className="nowrap">{formatMonth(row.original.month, locale)}</span>,
    },
    ...COLUMNS.map((name): Column<RevenueMonth> => ({
      id: name,
      header: t(`revenue.col.${name}`),
      numeric: true,
      cell: ({ row }) => formatPico(row.original[`${name}_pico`]),
    })),
  ];
  return (
    <Panel
      title={t('revenue.of', { currency })}
      summary={
        last &&
        t('revenue.summary', {
          month: formatMonth(last.month, locale),
          recognized: formatPico(last.recognized_pico),
          accrued: formatPico(last.accrued_pico),
          deferred: formatPico(last.deferred_pico),
          currency,
        })
      }
    >
      <Stack gap="md">
        <RevenueChart months={months} />
        <Text size="sm" c="dimmed">
          {t('revenue.exact')}
        </Text>
        <ScrollTable label={t('revenue.table', { currency })}>
          <DataTable
            caption={t('revenue.table', { currency })}
            columns={columns}
            rows={[...months].reverse()}
            rowId={({ month }) => month}
          />
        </ScrollTable>
      </Stack>
    </Panel>
  );
}

function ScrollTable({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div role="region" aria-label={label} tabIndex={0} className={classes.scroll}>
      {children}
    </div>
  );
}
