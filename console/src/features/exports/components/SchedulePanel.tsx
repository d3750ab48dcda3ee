import { Badge, Button, Group, Text } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { FormError } from '@/components/FormError';
import { Lines } from '@/components/Lines';
import { Moment } from '@/components/Moment';
import { More } from '@/components/More';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { useOrganizationName } from '@/components/useOrganizationName';
import {
  alterSchedule,
  schedulesQuery,
  type Schedule,
  type ScheduleVerb,
} from '@/features/exports/api/schedules';
import { ConfirmDialog } from '@/features/exports/components/ConfirmDialog';

const COLOR = { active: 'teal', paused: 'yellow', closed: 'gray' } as const;

/** What is exported by itself, for operators; schedules are made by the admin API. */
export function SchedulePanel({ organization }: { organization: string | undefined }) {
  const { t } = useTranslation();
  const query = useInfiniteQuery(schedulesQuery(organization));
  return (
    <Panel title={t('schedules.title')} summary={t('schedules.made')}>
      <QueryState query={query} what={t('schedules.what')} skeleton={<Lines count={2} />}>
        {({ pages }) => {
          const schedules = pages.flatMap((page) => page.items);
          return schedules.length === 0 ? (
            <Text size="sm">{t('schedules.empty')}</Text>
          ) : (
            <>
              <ScheduleTable schedules={schedules} />
              <More query={query} />
            </>
          );
        }}
      </QueryState>
    </Panel>
  );
}

function ScheduleTable({ schedules }: { schedules: Schedule[] }) {
  const { t } = useTranslation();
  const nameOf = useOrganizationName();
  const alter = useMutation(alterSchedule);
  const [closing, setClosing] = useState<Schedule>();
  const columns: Column<Schedule>[] = [
    {
      id: 'dataset',
      header: t('exports.col.dataset'),
      cell: ({ row: { original } }) => (
        <div>
          {original.dataset}
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
          <Badge color={COLOR[original.status]}>{t(`schedules.state.${original.status}`)}</Badge>
          {original.error != null && <Text size="xs">{original.error}</Text>}
        </div>
      ),
    },
    {
      id: 'until',
      header: t('schedules.col.until'),
      wideOnly: true,
      cell: ({ row }) => <Moment at={row.original.written_until} />,
    },
    {
      id: 'action',
      header: t('members.col.action'),
      numeric: true,
      cell: ({ row: { original } }) => (
        <Group gap="xs" justify="flex-end">
          {verbsOf(original).map((verb) => (
            <Button
              key={verb}
              size="compact-sm"
              variant="default"
              disabled={alter.isPending}
              aria-label={t(`schedules.${verb}.named`, { id: original.schedule_id })}
              onClick={() => {
                if (verb === 'close') setClosing(original);
                else alter.mutate({ id: original.schedule_id, verb });
              }}
            >
              {t(`schedules.${verb}`)}
            </Button>
          ))}
        </Group>
      ),
    },
  ];
  return (
    <>
      {alter.error && <FormError error={alter.error} />}
      <DataTable
        caption={t('schedules.title')}
        columns={columns}
        rows={schedules}
        rowId={(schedule) => schedule.schedule_id}
      />
      {closing && (
        <ConfirmDialog
          title={t('schedules.close.title', { id: closing.schedule_id })}
          body={t('schedules.close.body')}
          no={t('schedules.close.no')}
          yes={t('schedules.close.named', { id: closing.schedule_id })}
          onYes={() => {
            setClosing(undefined);
            alter.mutate({ id: closing.schedule_id, verb: 'close' });
          }}
          onClose={() => {
            setClosing(undefined);
          }}
        />
      )}
    </>
  );
}

/** One that is active goes on at once with a run that failed. */
function verbsOf({ status, error }: Schedule): ScheduleVerb[] {
  if (status === 'closed') return [];
  if (status === 'paused') return ['resume', 'close'];
  return error == null ? ['pause', 'close'] : ['resume', 'pause', 'close'];
}
