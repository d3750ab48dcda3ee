import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Facts } from '@/components/Facts';
import { Money } from '@/components/Money';
import { Panel } from '@/components/Panel';
import type { InvoiceSummary } from '@/features/invoices/api/invoices';
import { totalsOf } from '@/features/invoices/totals';

const SUMS = ['invoiced', 'credited', 'paid', 'owed', 'drafts'] as const;

/** What the listed invoices add up to, each currency by itself. */
export function TotalsPanel({ invoices, all }: { invoices: InvoiceSummary[]; all: boolean }) {
  const { t } = useTranslation();
  const summary = t(all ? 'invoices.totals.all' : 'invoices.totals.shown', {
    count: invoices.length,
  });
  return (
    <Panel title={t('invoices.totals')} summary={summary}>
      <Stack gap="md">
        {totalsOf(invoices).map((totals) => (
          <Facts
            key={totals.currency}
            facts={SUMS.map((sum) => ({
              name: t(`invoices.totals.${sum}`),
              value: <Money amount={totals[sum]} currency={totals.currency} />,
            }))}
          />
        ))}
      </Stack>
    </Panel>
  );
}
