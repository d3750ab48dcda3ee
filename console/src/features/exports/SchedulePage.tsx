import { Alert, Anchor, Group, Stack, Text } from '@mantine/core';
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
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { useOrganizationName } from '@/components/useOrganizationName';
import { isGone, jobQuery } from '@/features/exports/api/jobs';
import { scheduleQuery, type Schedule } from '@/features/exports/api/schedules';
import { Alter } from '@/features/exports/components/Alter';
import { AlterSchedule } from '@/features/exports/components/AlterSchedule';
import { Rows } from '@/features/exports/components/JobTable';
import { Again, ScheduleBadge } from '@/features/exports/components/ScheduleState';
import { StateBadge } from '@/features/exports/components/StateBadge';
import { formatBoundary, formatScope } from '@/features/exports/scope';
import { useLocale } from '@/lib/i18n/useLocale';

const route = getRouteApi('/signed-in/exports/schedules/$id');

/** One schedule: what it writes, how far it is, and what keeps it. */
export function SchedulePage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const query = useQuery(scheduleQuery(id));
  return (
    <>
      <Back to="/exports" label={t('exports.title')} />
      {isGone(query.error) ? (
        <>
          <PageHeader title={t('schedules.one', { id })} />
          <Panel>
            <EmptyState title={t('schedules.unknown')} body={t('schedules.unknown.body', { id })} />
          </Panel>
        </>
      ) : (
        <QueryState query={query} what={t('schedules.what')} skeleton={<Lines count={8} />}>
          {(schedule) => <One schedule={schedule} />}
        </QueryState>
      )}
    </>
  );
}

function One({ schedule }: { schedule: Schedule }) {
  const { t } = useTranslation();
  const [error, setError] = useState<Error | null>(null);
  const { schedule_id: id, status, export_id: job, failures } = schedule;
  return (
    <>
      <PageHeader
        title={t('schedules.one', { id })}
        lead={`${schedule.dataset}, ${t('exports.to', { target: schedule.target })}`}
      >
        <ScheduleBadge status={status} size="lg" />
        <AlterSchedule schedule={schedule} onError={setError} />
      </PageHeader>
      <Stack gap="md">
        {error && <FormError error={error} />}
        {schedule.error != null && status !== 'closed' && (
          <Alert
            color="red"
            icon={<Icon name="warning" />}
            title={t('schedules.late', { count: failures })}
          >
            <Text size="sm">{schedule.error}</Text>
            <Text size="sm" mt={4}>
              <Again schedule={schedule} />
            </Text>
          </Alert>
        )}
        <Panel title={t('schedules.progress')} summary={t('schedules.progress.summary')}>
          <Progress schedule={schedule} />
        </Panel>
        {job != null && status !== 'closed' && <Run job={job} onError={setError} />}
        <Panel title={t('schedules.facts')}>
          <Contents schedule={schedule} />
        </Panel>
      </Stack>
    </>
  );
}

function Progress({ schedule }: { schedule: Schedule }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <Facts
      facts={[
        { name: t('schedules.col.until'), value: formatBoundary(schedule.written_until, locale) },
        { name: t('schedules.asOf'), value: formatBoundary(schedule.written_as_of, locale) },
        { name: t('schedules.closedUntil'), value: formatBoundary(schedule.closed_until, locale) },
        { name: t('schedules.doneAt'), value: <Moment at={schedule.done_at} /> },
      ]}
    />
  );
}

/** The export that writes for it now, or that failed. */
function Run({ job: id, onError }: { job: string; onError: (error: Error | null) => void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const query = useQuery(jobQuery(id));
  return (
    <Panel title={t('schedules.run')}>
      <QueryState query={query} what={t('exports.what')} skeleton={<Lines count={1} />}>
        {(job) => (
          <Group justify="space-between" gap="md">
            <div>
              <Group gap="xs">
                <Anchor
                  renderRoot={(props) => <Link to="/exports/$id" params={{ id }} {...props} />}
                >
                  {t('exports.one', { id })}
                </Anchor>
                <StateBadge status={job.status} />
              </Group>
              <Text size="sm" c="dimmed" mt={4}>
                {formatScope(job, locale)} (UTC) · {t('exports.col.rows')}: <Rows job={job} />
              </Text>
            </div>
            <Alter job={job} onError={onError} />
          </Group>
        )}
      </QueryState>
    </Panel>
  );
}

function Contents({ schedule }: { schedule: Schedule }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const nameOf = useOrganizationName();
  const { organization_id: organization, columns } = schedule;
  return (
    <Facts
      facts={[
        {
          name: t('exports.col.organization'),
          value: organization == null ? t('exports.everybody') : nameOf(organization),
        },
        { name: t('schedules.col.period'), value: t(`schedules.period.${schedule.period}`) },
        { name: t('schedules.col.rhythm'), value: t(`schedules.rhythm.${schedule.rhythm}`) },
        { name: t('schedules.from'), value: formatBoundary(schedule.from, locale) },
        { name: t('exports.col.format'), value: schedule.format },
        {
          name: t('exports.col.columns'),
          value: columns.length === 0 ? t('exports.columns.all') : columns.join(', '),
        },
        { name: t('exports.col.by'), value: schedule.made_by },
        { name: t('schedules.madeAt'), value: <Moment at={schedule.made_at} /> },
      ]}
    />
  );
}
