import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/components/EmptyState';
import { Lines } from '@/components/Lines';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { useOrganization, useViewer } from '@/components/useViewer';
import { projectsQuery, type Project } from '@/features/projects/api/projects';
import { ProjectTable } from '@/features/projects/components/ProjectTable';
import { StoringDialog } from '@/features/projects/components/StoringDialog';

/** What each project may use, and what is stored of its requests. */
export function ProjectsPage() {
  const { t } = useTranslation();
  const viewer = useViewer();
  const organization = useOrganization();
  const query = useQuery(projectsQuery(organization));
  const [storing, setStoring] = useState<Project>();
  return (
    <>
      <PageHeader title={t('projects.title')} lead={t('projects.lead')} />
      <Panel>
        <QueryState query={query} what={t('projects.what')} skeleton={<Lines />}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState title={t('projects.empty')} body={t('projects.empty.body')}>
                {viewer.may('projects_create') && viewer.may('keys_read') && (
                  <Button renderRoot={(props) => <Link to="/keys" {...props} />}>
                    {t('projects.empty.create')}
                  </Button>
                )}
              </EmptyState>
            ) : (
              <ProjectTable projects={items} onStoring={setStoring} />
            )
          }
        </QueryState>
      </Panel>
      {storing && (
        <StoringDialog
          project={storing}
          onClose={() => {
            setStoring(undefined);
          }}
        />
      )}
    </>
  );
}
