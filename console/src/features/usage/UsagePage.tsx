import { Anchor, Group as Row, SegmentedControl, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { AsOf } from '@/components/AsOf';
import { EmptyState } from '@/components/EmptyState';
import { MonthPicker } from '@/components/MonthPicker';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { useOrganization } from '@/components/useViewer';
import { usageQuery } from '@/features/usage/api/usage';
import { Filters } from '@/features/usage/components/Filters';
import { ClassLegend, UsageTable } from '@/features/usage/components/UsageTable';
import { useFilterNames } from '@/features/usage/useFilterNames';
import { GROUPS, type Group } from '@/features/usage/search';
import { splitSelection } from '@/features/usage/selection';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatRange, monthOfRange, rangeOfMonth } from '@/lib/time';

const route = getRouteApi('/signed-in/usage');

const isGroup = (text: string): text is Group => GROUPS.some((group) => group === text);

/** Who used what, by day, project, key or model; period, filters and order are in the URL. */
export function UsagePage() {
  const { t } = useTranslation();
  const locale = useLocale();
  const navigate = route.useNavigate();
  const search = route.useSearch();
  const { range, filters } = splitSelection(search, useOrganization());
  const group = search.group_by ?? 'day';
  const sort = search.sort ?? (group === 'day' ? '-name' : '-cost');
  const query = useQuery(usageQuery(group, range, filters));
  const nameOf = useFilterNames(range, filters);
  const change = (changed: Partial<typeof search>) => {
    void navigate({ search: (previous) => ({ ...previous, ...changed }) });
  };
  return (
    <>
      <PageHeader title={t('usage.title')} lead={t('usage.lead')}>
        {query.data && <AsOf moment={query.data.as_of} />}
        <MonthPicker
          month={monthOfRange(range)}
          otherLabel={formatRange(range, locale)}
          onChange={(month) => {
            change(rangeOfMonth(month));
          }}
        />
      </PageHeader>
      <Stack gap="md">
        <Row justify="space-between">
          <SegmentedControl
            aria-label={t('usage.groupBy')}
            value={group}
            data={GROUPS.map((value) => ({ value, label: t(`usage.group.${value}`) }))}
            onChange={(value) => {
              if (isGroup(value)) change({ group_by: value, sort: undefined });
            }}
          />
          <Anchor
            size="sm"
            renderRoot={(props) => (
              <Link to="/requests" search={{ ...filters, ...range }} {...props} />
            )}
          >
            {t('usage.allRequests')}
          </Anchor>
        </Row>
        <Filters
          filters={filters}
          nameOf={nameOf}
          onRemove={(filter) => {
            change({ [filter]: undefined });
          }}
        />
        <Panel>
          <QueryState query={query} what={t('usage.what')} skeleton={<TableSkeleton />}>
            {(usage) =>
              usage.items.length === 0 ? (
                <EmptyState title={t('usage.empty')} body={t('usage.empty.body')} />
              ) : (
                <Stack gap="md">
                  <ClassLegend />
                  <UsageTable
                    usage={usage}
                    group={group}
                    range={range}
                    filters={filters}
                    sort={sort}
                    onSort={(next) => {
                      change({ sort: next });
                    }}
                  />
                </Stack>
              )
            }
          </QueryState>
        </Panel>
      </Stack>
    </>
  );
}

function TableSkeleton() {
  return (
    <Stack gap="sm">
      {['header', 'first', 'second', 'third', 'fourth', 'fifth'].map((row) => (
        <Skeleton key={row} height={34} radius="sm" />
      ))}
    </Stack>
  );
}
