import { Button, Grid, SimpleGrid, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { AsOf } from '@/components/AsOf';
import { CurlLine } from '@/components/CurlLine';
import { EmptyState } from '@/components/EmptyState';
import { MonthPicker } from '@/components/MonthPicker';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { useOrganization, useViewer } from '@/components/useViewer';
import { overviewQuery, type Overview } from '@/features/overview/api/overview';
import { CostPanel } from '@/features/overview/components/CostPanel';
import { Tiles } from '@/features/overview/components/Tiles';
import { TokensPanel } from '@/features/overview/components/TokensPanel';
import { TopProjects } from '@/features/overview/components/TopProjects';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMonth, monthOf } from '@/lib/time';

const route = getRouteApi('/signed-in/');

/** Are we all right this month? Every number opens the list that it sums. */
export function OverviewPage() {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const { month = monthOf(new Date()) } = route.useSearch();
  const query = useQuery(overviewQuery(month, useOrganization()));
  return (
    <>
      <PageHeader title={t('overview.title')} lead={t('overview.lead')}>
        {query.data && <AsOf moment={query.data.as_of} />}
        <MonthPicker
          month={month}
          onChange={(next) => {
            void navigate({ search: { month: next } });
          }}
        />
      </PageHeader>
      <QueryState query={query} what={t('overview.what')} skeleton={<OverviewSkeleton />}>
        {(overview) =>
          overview.requests === '0' ? (
            <NoUsage month={month} />
          ) : (
            <Content overview={overview} month={month} />
          )
        }
      </QueryState>
    </>
  );
}

function Content({ overview, month }: { overview: Overview; month: string }) {
  return (
    <Stack gap="md">
      <Tiles overview={overview} month={month} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <TokensPanel overview={overview} month={month} />
        </Grid.Col>
        {overview.reference && (
          <Grid.Col span={{ base: 12, lg: 5 }}>
            <CostPanel overview={overview} reference={overview.reference} month={month} />
          </Grid.Col>
        )}
      </Grid>
      <TopProjects overview={overview} month={month} />
    </Stack>
  );
}

function NoUsage({ month }: { month: string }) {
  const { t } = useTranslation();
  const viewer = useViewer();
  const locale = useLocale();
  return (
    <Panel>
      <EmptyState
        title={t('overview.empty', { month: formatMonth(month, locale) })}
        body={t('overview.empty.body')}
      >
        <CurlLine />
        {viewer.may('keys_write') && (
          <Button renderRoot={(props) => <Link to="/keys" {...props} />}>
            {t('overview.empty.key')}
          </Button>
        )}
      </EmptyState>
    </Panel>
  );
}

function OverviewSkeleton() {
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="md">
        {['cost', 'requests', 'tokens', 'reference'].map((tile) => (
          <Skeleton key={tile} height={132} radius="md" />
        ))}
      </SimpleGrid>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 7 }}>
          <Skeleton height={368} radius="md" />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Skeleton height={368} radius="md" />
        </Grid.Col>
      </Grid>
      <Skeleton height={180} radius="md" />
    </Stack>
  );
}
