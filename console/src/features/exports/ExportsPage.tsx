import { Button, Stack } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/components/EmptyState';
import { Icon } from '@/components/Icon';
import { Lines } from '@/components/Lines';
import { More } from '@/components/More';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { useOrganizationName } from '@/components/useOrganizationName';
import { useOrganization, useViewer } from '@/components/useViewer';
import { jobsQuery } from '@/features/exports/api/jobs';
import { JobTable } from '@/features/exports/components/JobTable';
import { OrderDialog } from '@/features/exports/components/OrderDialog';
import { SchedulePanel } from '@/features/exports/components/SchedulePanel';

/** Files for finance: what was ordered, how far it is, the files; for operators schedules, too. */
export function ExportsPage() {
  const { t } = useTranslation();
  const organization = useOrganization();
  const viewer = useViewer();
  const [ordering, setOrdering] = useState(false);
  const query = useInfiniteQuery(jobsQuery(organization));
  const nameOf = useOrganizationName();
  const order = (
    <Button
      leftSection={<Icon name="plus" size={16} />}
      onClick={() => {
        setOrdering(true);
      }}
    >
      {t('exports.order')}
    </Button>
  );
  return (
    <>
      <PageHeader title={t('exports.title')} lead={t('exports.lead')}>
        {order}
      </PageHeader>
      <Stack gap="md">
        <Panel>
          <QueryState query={query} what={t('exports.what')} skeleton={<Lines count={6} />}>
            {({ pages }) => {
              const jobs = pages.flatMap((page) => page.items);
              return jobs.length === 0 ? (
                <EmptyState title={t('exports.empty')} body={t('exports.empty.body')}>
                  {order}
                </EmptyState>
              ) : (
                <>
                  <JobTable jobs={jobs} nameOf={organization === undefined ? nameOf : undefined} />
                  <More query={query} />
                </>
              );
            }}
          </QueryState>
        </Panel>
        {viewer.may('site') && <SchedulePanel organization={organization} />}
      </Stack>
      {ordering && (
        <OrderDialog
          organization={organization}
          onClose={() => {
            setOrdering(false);
          }}
        />
      )}
    </>
  );
}
