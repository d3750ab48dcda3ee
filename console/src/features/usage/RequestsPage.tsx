import { Badge, Button, Group, NativeSelect, Skeleton, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Charge } from '@/components/amounts';
import { DataTable, type Column } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { MonthPicker } from '@/components/MonthPicker';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { useOrganization } from '@/components/useViewer';
import { requestsQuery, type RequestItem } from '@/features/usage/api/requests';
import { Filters } from '@/features/usage/components/Filters';
import { finishColor, finishLabel } from '@/features/usage/finish';
import { FINISHES } from '@/features/usage/search';
import { splitSelection } from '@/features/usage/selection';
import { useFilterNames } from '@/features/usage/useFilterNames';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatTokens } from '@/lib/money';
import {
  formatMillis,
  formatMomentExact,
  formatRange,
  monthOfRange,
  rangeOfMonth,
} from '@/lib/time';
import { inputTokens, outputTokens } from '@/lib/tokens';

const route = getRouteApi('/signed-in/requests');

/** The requests behind a number, newest first, fifty at a time. */
export function RequestsPage() {
  const { t } = useTranslation();
  const locale = useLocale();
  const navigate = route.useNavigate();
  const search = route.useSearch();
  const { range, filters } = splitSelection(search, useOrganization());
  const query = useInfiniteQuery(requestsQuery(range, { ...filters, finish: search.finish }));
  const nameOf = useFilterNames(range, filters);
  const change = (changed: Partial<typeof search>) => {
    void navigate({ search: (previous) => ({ ...previous, ...changed }) });
  };
  return (
    <>
      <PageHeader title={t('requests.title')} lead={t('requests.lead')}>
        <NativeSelect
          aria-label={t('filter.finish')}
          value={search.finish ?? ''}
          data={[
            { value: '', label: t('filter.finish.any') },
            ...FINISHES.map((value) => ({ value, label: t(`finish.${value}`) })),
          ]}
          onChange={(event) => {
            change({ finish: FINISHES.find((value) => value === event.currentTarget.value) });
          }}
        />
        <MonthPicker
          month={monthOfRange(range)}
          otherLabel={formatRange(range, locale)}
          onChange={(month) => {
            change(rangeOfMonth(month));
          }}
        />
      </PageHeader>
      <Stack gap="md">
        <Filters
          filters={filters}
          nameOf={nameOf}
          onRemove={(filter) => {
            change({ [filter]: undefined });
          }}
        />
        <Panel>
          <QueryState query={query} what={t('requests.what')} skeleton={<ListSkeleton />}>
            {({ pages }) => (
              <RequestTable
                items={pages.flatMap((page) => page.items)}
                more={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
                loadingMore={query.isFetchingNextPage}
              />
            )}
          </QueryState>
        </Panel>
      </Stack>
    </>
  );
}

interface RequestTableProps {
  items: RequestItem[];
  more: (() => void) | undefined;
  loadingMore: boolean;
}

function RequestTable({ items, more, loadingMore }: RequestTableProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  if (items.length === 0) {
    return <EmptyState title={t('requests.empty')} body={t('requests.empty.body')} />;
  }
  const columns: Column<RequestItem>[] = [
    {
      id: 'time',
      header: t('requests.col.time'),
      cell: ({ row }) => (
        <Link to="/requests/$id" params={{ id: row.original.id }} className="rowLink number">
          {formatMomentExact(row.original.admitted_at, locale)}
        </Link>
      ),
    },
    {
      id: 'project',
      header: t('requests.col.project'),
      cell: ({ row: { original } }) => (
        <div>
          {original.project?.name ?? '–'}
          <Text c="dimmed" size="xs">
            {original.api_key?.name ?? '–'}
          </Text>
        </div>
      ),
    },
    {
      id: 'model',
      header: t('requests.col.model'),
      wideOnly: true,
      cell: ({ row }) => <span className="nowrap">{row.original.model}</span>,
    },
    {
      id: 'tokens',
      header: t('requests.col.tokens'),
      numeric: true,
      cell: ({ row: { original } }) => (
        <span className="number">
          {formatTokens(inputTokens(original.tokens))} ·{' '}
          {formatTokens(outputTokens(original.tokens))}
        </span>
      ),
    },
    {
      id: 'ttft',
      header: t('requests.col.ttft'),
      numeric: true,
      wideOnly: true,
      cell: ({ row: { original } }) => (
        <span className="number">
          {original.ttft_ms == null ? '–' : formatMillis(original.ttft_ms)}
        </span>
      ),
    },
    {
      id: 'finish',
      header: t('requests.col.finish'),
      cell: ({ row }) => (
        <Badge color={finishColor(row.original.finish)}>
          {finishLabel(t, row.original.finish)}
        </Badge>
      ),
    },
    {
      id: 'cost',
      header: t('requests.col.cost'),
      numeric: true,
      cell: ({ row }) => (row.original.cost == null ? '–' : <Charge usd={row.original.cost} />),
    },
  ];
  return (
    <>
      <DataTable
        caption={t('requests.title')}
        columns={columns}
        rows={items}
        rowId={(item) => item.id}
      />
      <Group justify="center" mt="md">
        {more ? (
          <Button variant="default" onClick={more} loading={loadingMore}>
            {t('table.more')}
          </Button>
        ) : (
          <Text size="sm" c="dimmed">
            {t('table.end')}
          </Text>
        )}
      </Group>
    </>
  );
}

function ListSkeleton() {
  return (
    <Stack gap="sm">
      {['header', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth'].map((row) => (
        <Skeleton key={row} height={34} radius="sm" />
      ))}
    </Stack>
  );
}
