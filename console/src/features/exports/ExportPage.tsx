import { Alert, Anchor, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Back } from '@/components/Back';
import { EmptyState } from '@/components/EmptyState';
import { Facts } from '@/components/Facts';
import { FormError } from '@/components/FormError';
import { Icon } from '@/components/Icon';
import { Lines } from '@/components/Lines';
import { Moment } from '@/components/Moment';
import { ExactMoney } from '@/components/Money';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { useOrganizationName } from '@/components/useOrganizationName';
import { isGone, isUnfinished, jobQuery, type Job } from '@/features/exports/api/jobs';
import { Alter } from '@/features/exports/components/Alter';
import { FilePanel } from '@/features/exports/components/FilePanel';
import { Rows, Size } from '@/features/exports/components/JobTable';
import { StateBadge } from '@/features/exports/components/StateBadge';
import { formatScope } from '@/features/exports/scope';
import { useLocale } from '@/lib/i18n/useLocale';

const route = getRouteApi('/signed-in/exports/$id');

/** One export: of what, how far it is, and its files. */
export function ExportPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const query = useQuery(jobQuery(id));
  return (
    <>
      <Back to="/exports" label={t('exports.title')} />
      {isGone(query.error) ? (
        <>
          <PageHeader title={t('exports.one', { id })} />
          <Panel>
            <EmptyState title={t('exports.unknown')} body={t('exports.unknown.body', { id })} />
          </Panel>
        </>
      ) : (
        <QueryState query={query} what={t('exports.what')} skeleton={<Lines count={8} />}>
          {(job) => <One job={job} />}
        </QueryState>
      )}
    </>
  );
}

function One({ job }: { job: Job }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [error, setError] = useState<Error | null>(null);
  return (
    <>
      <PageHeader
        title={t('exports.one', { id: job.export_id })}
        lead={`${job.dataset}, ${formatScope(job, locale)} (UTC)`}
      >
        <StateBadge status={job.status} size="lg" />
        <Alter job={job} onError={setError} />
      </PageHeader>
      <Stack gap="md">
        {error && <FormError error={error} />}
        {job.status === 'failed' && (
          <Alert color="red" icon={<Icon name="warning" />} title={t('exports.failed')}>
            {job.error}
          </Alert>
        )}
        <Panel title={t('exports.facts')}>
          <Contents job={job} />
        </Panel>
        <FilePanel job={job} />
      </Stack>
    </>
  );
}

function OfSchedule({ id }: { id: string }) {
  const { t } = useTranslation();
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => <Link to="/exports/schedules/$id" params={{ id }} {...props} />}
    >
      {t('schedules.one', { id })}
    </Anchor>
  );
}

function Contents({ job }: { job: Job }) {
  const { t } = useTranslation();
  const nameOf = useOrganizationName();
  const sums = Object.entries(job.manifest?.sum_pico ?? {});
  const through = job.manifest?.complete_through;
  return (
    <Stack gap="md">
      <Facts
        facts={[
          {
            name: t('exports.col.organization'),
            value:
              job.organization_id == null ? t('exports.everybody') : nameOf(job.organization_id),
          },
          { name: t('exports.col.format'), value: job.format },
          {
            name: t('exports.col.columns'),
            value: job.columns.length === 0 ? t('exports.columns.all') : job.columns.join(', '),
          },
          { name: t('exports.col.rows'), value: <Rows job={job} /> },
          { name: t('exports.col.bytes'), value: <Size job={job} /> },
          ...sums.map(([currency, pico]) => ({
            name: t('exports.sum', { currency }),
            value: <ExactMoney pico={pico} currency={currency} />,
          })),
          ...(job.schedule_id == null
            ? []
            : [{ name: t('exports.schedule'), value: <OfSchedule id={job.schedule_id} /> }]),
          { name: t('exports.col.by'), value: job.requested_by },
          { name: t('exports.col.ordered'), value: <Moment at={job.created_at} /> },
          { name: t('exports.col.finished'), value: <Moment at={job.finished_at} /> },
        ]}
      />
      {job.manifest != null && (
        <Text size="sm" c="dimmed">
          {through == null ? (
            t('exports.through.never')
          ) : (
            <>
              {t('exports.through')} <Moment at={through} />
            </>
          )}
        </Text>
      )}
      {isUnfinished(job) && (
        <Text size="sm" c="dimmed" role="status">
          {t(job.status === 'waiting' ? 'exports.waits' : 'exports.runs')}
        </Text>
      )}
    </Stack>
  );
}
