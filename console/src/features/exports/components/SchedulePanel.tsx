import { Alert, Anchor, Button, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { FormError } from '@/components/FormError';
import { Icon } from '@/components/Icon';
import { Lines } from '@/components/Lines';
import { More } from '@/components/More';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { useOrganizationName } from '@/components/useOrganizationName';
import { optionsQuery } from '@/features/exports/api/options';
import { schedulesQuery, type Schedule } from '@/features/exports/api/schedules';
import { AlterSchedule } from '@/features/exports/components/AlterSchedule';
import { ScheduleDialog } from '@/features/exports/components/ScheduleDialog';
import { Late, ScheduleBadge } from '@/features/exports/components/ScheduleState';
import { formatBoundary } from '@/features/exports/scope';
import { useLocale } from '@/lib/i18n/useLocale';

/** What is exported by itself, for operators. */
export function SchedulePanel({ organization }: { organization: string | undefined }) {
  const { t } = useTranslation();
  const query = useInfiniteQuery(schedulesQuery(organization));
  const options = useQuery(optionsQuery);
  const [making, setMaking] = useState(false);
  const hasNoTarget = options.data?.targets.length === 0;
  const make = (
    <Button
      leftSection={<Icon name="plus" size={16} />}
      variant="default"
      onClick={() => {
        setMaking(true);
      }}
    >
      {t('schedules.new')}
    </Button>
  );
  return (
    <Panel title={t('schedules.title')} summary={t('schedules.made')} action={!hasNoTarget && make}>
      <QueryState query={query} what={t('schedules.what')} skeleton={<Lines count={2} />}>
        {({ pages }) => {
          const schedules = pages.flatMap((page) => page.items);
          return (
            <>
              {hasNoTarget && <NoTarget />}
              {schedules.length === 0 ? (
                !hasNoTarget && (
                  <EmptyState title={t('schedules.empty')} body={t('schedules.empty.body')} />
                )
              ) : (
                <>
                  <ScheduleTable schedules={schedules} />
                  <More query={query} />
                </>
              )}
            </>
          );
        }}
      </QueryState>
      {making && (
        <ScheduleDialog
          organization={organization}
          onClose={() => {
            setMaking(false);
          }}
        />
      )}
    </Panel>
  );
}

const SETTINGS = [
  'r1.billing.exports.targets[0].name=share',
  'r1.billing.exports.targets[0].folder=/mnt/finance',
];

/** Which settings are missing. */
function NoTarget() {
  const { t } = useTranslation();
  return (
    <Alert color="blue" mb="md" icon={<Icon name="exports" />} title={t('schedules.noTarget')}>
      <Text size="sm">{t('schedules.noTarget.body')}</Text>
      {SETTINGS.map((line) => (
        <Text key={line} size="sm" className="mono" mt={4}>
          {line}
        </Text>
      ))}
      <Text size="sm" mt={4}>
        {t('schedules.noTarget.bucket')}
      </Text>
    </Alert>
  );
}

function ScheduleTable({ schedules }: { schedules: Schedule[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const nameOf = useOrganizationName();
  const [error, setError] = useState<Error | null>(null);
  const columns: Column<Schedule>[] = [
    {
      id: 'dataset',
      header: t('exports.col.dataset'),
      cell: ({ row: { original } }) => (
        <div>
          <Link
            to="/exports/schedules/$id"
            params={{ id: original.schedule_id }}
            className="rowLink"
          >
            {original.dataset}
          </Link>
          <Text size="xs" c="dimmed">
            {original.schedule_id} · {original.format} ·{' '}
            {t('exports.to', { target: original.target })}
          </Text>
        </div>
      ),
    },
    {
      id: 'organization',
      header: t('exports.col.organization'),
      cell: ({ row: { original } }) =>
        original.organization_id == null
          ? t('exports.everybody')
          : nameOf(original.organization_id),
    },
    {
      id: 'period',
      header: t('schedules.col.period'),
      cell: ({ row: { original } }) => (
        <div>
          {t(`schedules.period.${original.period}`)}
          <Text size="xs" c="dimmed">
            {t(`schedules.rhythm.${original.rhythm}`)}
          </Text>
        </div>
      ),
    },
    {
      id: 'state',
      header: t('exports.col.state'),
      cell: ({ row: { original } }) => (
        <div>
          <ScheduleBadge status={original.status} />
          <Late schedule={original} />
          {original.export_id != null && (
            <Text size="xs" mt={2}>
              <Anchor
                inherit
                renderRoot={(props) => (
                  <Link to="/exports/$id" params={{ id: original.export_id ?? '' }} {...props} />
                )}
              >
                {t('exports.one', { id: original.export_id })}
              </Anchor>
            </Text>
          )}
        </div>
      ),
    },
    {
      id: 'until',
      header: t('schedules.col.until'),
      wideOnly: true,
      cell: ({ row }) => formatBoundary(row.original.written_until, locale),
    },
    {
      id: 'action',
      header: t('members.col.action'),
      numeric: true,
      cell: ({ row }) => (
        <AlterSchedule schedule={row.original} size="compact-sm" onError={setError} />
      ),
    },
  ];
  return (
    <>
      {error && <FormError error={error} />}
      <DataTable
        caption={t('schedules.title')}
        columns={columns}
        rows={schedules}
        rowId={(schedule) => schedule.schedule_id}
      />
    </>
  );
}
