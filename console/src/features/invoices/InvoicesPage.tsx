import { Button, NativeSelect, Stack } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/components/EmptyState';
import { Lines } from '@/components/Lines';
import { MonthSelect } from '@/components/MonthSelect';
import { More } from '@/components/More';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { useOrganization, useViewer } from '@/components/useViewer';
import { invoicesQuery } from '@/features/invoices/api/invoices';
import { InvoiceTable } from '@/features/invoices/components/InvoiceTable';
import { TotalsPanel } from '@/features/invoices/components/TotalsPanel';
import { STATES } from '@/features/invoices/search';
import { useOrganizationName } from '@/components/useOrganizationName';

const route = getRouteApi('/signed-in/invoices');

/** What is owed, by month and state. */
export function InvoicesPage() {
  const { t } = useTranslation();
  const viewer = useViewer();
  const organization = useOrganization();
  const navigate = route.useNavigate();
  const { month, status } = route.useSearch();
  const query = useInfiniteQuery(invoicesQuery({ organization_id: organization, month, status }));
  const nameOf = useOrganizationName();
  const change = (changed: { month?: string | undefined; status?: typeof status }) => {
    void navigate({ search: (before) => ({ ...before, ...changed }) });
  };
  return (
    <>
      <PageHeader title={t('invoices.title')} lead={t('invoices.lead')}>
        {viewer.may('site') && (
          <Button variant="default" renderRoot={(props) => <Link to="/revenue" {...props} />}>
            {t('revenue.title')}
          </Button>
        )}
        <NativeSelect
          aria-label={t('invoices.col.state')}
          value={status ?? ''}
          data={[
            { value: '', label: t('invoices.state.any') },
            ...STATES.map((value) => ({ value, label: t(`invoices.state.${value}`) })),
          ]}
          onChange={(event) => {
            change({ status: STATES.find((value) => value === event.currentTarget.value) });
          }}
        />
        <MonthSelect
          month={month}
          onChange={(chosen) => {
            change({ month: chosen });
          }}
        />
      </PageHeader>
      <QueryState query={query} what={t('invoices.what')} skeleton={<Lines count={8} />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) {
            return (
              <Panel>
                <EmptyState title={t('invoices.empty')} body={t('invoices.empty.body')} />
              </Panel>
            );
          }
          return (
            <Stack gap="md">
              <TotalsPanel invoices={items} all={!query.hasNextPage} />
              <Panel>
                <InvoiceTable
                  caption={t('invoices.title')}
                  invoices={items}
                  nameOf={organization === undefined ? nameOf : undefined}
                />
                <More query={query} />
              </Panel>
            </Stack>
          );
        }}
      </QueryState>
    </>
  );
}
