import { Alert, Grid, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { AsOf } from '@/components/AsOf';
import { Icon } from '@/components/Icon';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import {
  reconciliationQuery,
  type Reconciliation,
} from '@/features/reconciliation/api/reconciliation';
import { Columns } from '@/features/reconciliation/components/Columns';
import { Differences, Settled, Streams, Waived } from '@/features/reconciliation/components/tables';
import { verdictOf } from '@/features/reconciliation/verdict';
import { formatTokens } from '@/lib/money';

/** Engine = journal = usage = ledger: green, or every difference by name. */
export function ReconciliationPage() {
  const { t } = useTranslation();
  const query = useQuery(reconciliationQuery);
  return (
    <>
      <PageHeader title={t('reconciliation.title')} lead={t('reconciliation.lead')}>
        {query.data && <AsOf moment={query.data.as_of} />}
      </PageHeader>
      <QueryState query={query} what={t('reconciliation.what')} skeleton={<PageSkeleton />}>
        {(page) => <Content page={page} />}
      </QueryState>
    </>
  );
}

function Content({ page }: { page: Reconciliation }) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      <Verdict page={page} />
      {page.differences.length > 0 && (
        <Panel title={t('reconciliation.differences')}>
          <Differences differences={page.differences} />
        </Panel>
      )}
      {page.held !== '0' && (
        <Panel title={t('reconciliation.held')}>
          <Text size="sm">
            {t('reconciliation.held.body', { records: formatTokens(page.held) })}
          </Text>
        </Panel>
      )}
      <Panel title={t('reconciliation.table')}>
        <Columns page={page} />
      </Panel>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Panel fill title={t('reconciliation.waived')}>
            <Waived waived={page.waived} />
          </Panel>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <Panel fill title={t('reconciliation.settled')}>
            <Settled settled={page.settled} />
          </Panel>
        </Grid.Col>
      </Grid>
      <Panel title={t('reconciliation.streams')}>
        <Streams page={page} />
      </Panel>
    </Stack>
  );
}

/** The answer in one line, in words and not by colour alone. */
function Verdict({ page }: { page: Reconciliation }) {
  const { t } = useTranslation();
  const verdict = verdictOf(page);
  switch (verdict) {
    case 'reconciled':
      return (
        <Alert
          role="status"
          color="teal"
          icon={<Icon name="check" />}
          title={t('reconciliation.ok')}
        >
          {t('reconciliation.ok.body')}
        </Alert>
      );
    case 'different':
      return (
        <Alert
          role="alert"
          color="red"
          icon={<Icon name="warning" />}
          title={t('reconciliation.bad', { count: page.differences.length })}
        >
          {t('reconciliation.bad.body')}
        </Alert>
      );
    case 'pending':
      return (
        <Alert
          role="status"
          color="yellow"
          icon={<Icon name="clock" />}
          title={t('reconciliation.pending')}
        >
          {t('reconciliation.pending.body', {
            unshipped: formatTokens(page.journal.unshipped),
            open: formatTokens(page.journal.open),
          })}
        </Alert>
      );
    case 'unequal':
      return (
        <Alert
          role="alert"
          color="red"
          icon={<Icon name="warning" />}
          title={t('reconciliation.unequal')}
        >
          {t('reconciliation.unequal.body')}
        </Alert>
      );
  }
}

function PageSkeleton() {
  return (
    <Stack gap="md">
      <Skeleton height={84} radius="md" />
      <Skeleton height={280} radius="md" />
      <Skeleton height={160} radius="md" />
    </Stack>
  );
}
