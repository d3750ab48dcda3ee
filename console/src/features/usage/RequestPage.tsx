import { Anchor, Badge, Grid, Group, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { CopyAction } from '@/components/CopyAction';
import { EmptyState } from '@/components/EmptyState';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { isNotFound, requestQuery, type Request } from '@/features/usage/api/request';
import { ChargePanel } from '@/features/usage/components/ChargePanel';
import { ContentPanel } from '@/features/usage/components/ContentPanel';
import { CountsPanel } from '@/features/usage/components/CountsPanel';
import { EndingPanel } from '@/features/usage/components/EndingPanel';
import { LedgerPanel } from '@/features/usage/components/LedgerPanel';
import { ReceiptPanel } from '@/features/usage/components/ReceiptPanel';
import { RecordPanel } from '@/features/usage/components/RecordPanel';
import { TimeLine } from '@/features/usage/components/TimeLine';
import { WhoPanel } from '@/features/usage/components/WhoPanel';

const route = getRouteApi('/signed-in/requests/$id');

/** Why does this request cost this? */
export function RequestPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const query = useQuery(requestQuery(id));
  return (
    <>
      <Anchor size="sm" renderRoot={(props) => <Link to="/requests" {...props} />}>
        ← {t('requests.title')}
      </Anchor>
      <PageHeader
        title={t('request.title')}
        lead={
          <Group component="span" gap={4} wrap="nowrap">
            <code className="mono">{id}</code>
            <CopyAction value={id} what={t('request.title')} />
          </Group>
        }
      >
        {query.data && <Status status={query.data.status} />}
      </PageHeader>
      {isNotFound(query.error) ? (
        <Panel>
          <EmptyState title={t('request.notFound')} body={t('request.notFound.body', { id })} />
        </Panel>
      ) : (
        <QueryState query={query} what={t('request.what')} skeleton={<RequestSkeleton />}>
          {(request) => <Details request={request} />}
        </QueryState>
      )}
    </>
  );
}

function Details({ request }: { request: Request }) {
  return (
    <Stack gap="md">
      <ChargePanel request={request} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="md">
            <EndingPanel request={request} />
            <TimeLine request={request} />
            <CountsPanel request={request} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="md">
            <WhoPanel request={request} />
            <LedgerPanel request={request} />
          </Stack>
        </Grid.Col>
      </Grid>
      <RecordPanel request={request} />
      <ReceiptPanel id={request.id} />
      <ContentPanel key={request.id} request={request} />
    </Stack>
  );
}

function Status({ status }: { status: Request['status'] }) {
  const { t } = useTranslation();
  return (
    <Badge size="lg" color={status === 'in_ledger' ? 'teal' : 'yellow'}>
      {t(`request.status.${status}`)}
    </Badge>
  );
}

function RequestSkeleton() {
  return (
    <Stack gap="md">
      <Skeleton height={240} radius="md" />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Skeleton height={320} radius="md" />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Skeleton height={320} radius="md" />
        </Grid.Col>
      </Grid>
    </Stack>
  );
}
