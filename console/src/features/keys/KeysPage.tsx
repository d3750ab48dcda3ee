import { Button, NativeSelect, Skeleton, Stack } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/components/EmptyState';
import { Icon } from '@/components/Icon';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { useOrganization, useViewer } from '@/components/useViewer';
import { keysQuery, type ApiKey } from '@/features/keys/api/keys';
import { organizationsQuery } from '@/lib/organizations';
import { projectsQuery, type Project } from '@/features/keys/api/projects';
import { ChangeKeyDialog } from '@/features/keys/components/ChangeKeyDialog';
import { CreateKeyDialog } from '@/features/keys/components/CreateKeyDialog';
import type { LimitOwner } from '@/lib/limits';
import { KeyTable } from '@/features/keys/components/KeyTable';
import { LimitsDialog } from '@/components/LimitsDialog';
import { ProjectDialog } from '@/features/keys/components/ProjectDialog';
import { RevokeDialog } from '@/features/keys/components/RevokeDialog';
import { RotateDialog } from '@/features/keys/components/RotateDialog';

const route = getRouteApi('/signed-in/keys');

type OfKey = 'change' | 'rotate' | 'revoke';

type Dialog =
  | { kind: 'none' | 'create' | 'project' }
  | { kind: OfKey; key: ApiKey }
  | { kind: 'limits'; owner: LimitOwner };

/** Which keys live, whose they are, when they were last used. */
export function KeysPage() {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const { project_id: projectId } = route.useSearch();
  const viewer = useViewer();
  const organizationId = useOrganization();
  const projects = useQuery(projectsQuery(organizationId));
  const organizations = useQuery(organizationsQuery);
  const keys = useInfiniteQuery(keysQuery(projectId, organizationId));
  const [dialog, setDialog] = useState<Dialog>({ kind: 'none' });
  const close = () => {
    setDialog({ kind: 'none' });
  };
  const open = (kind: 'create' | 'project') => () => {
    setDialog({ kind });
  };
  const openFor = (kind: OfKey) => (key: ApiKey) => {
    setDialog({ kind, key });
  };
  const openLimits = (scope: LimitOwner['scope'], id: string, name: string) => {
    setDialog({ kind: 'limits', owner: { scope, id, name } });
  };
  const chosen = projects.data?.items.find((project) => project.id === projectId);
  const organization = organizations.data?.items.find(({ id }) => id === chosen?.organization_id);
  const all = projects.data?.items ?? [];
  const hasProject = all.length > 0;
  const writable = all.filter(({ id, organization_id: organization }) =>
    viewer.may('keys_write', { organization, project: id }),
  );
  const mayCreateProject = viewer.may('projects_create');
  return (
    <>
      <PageHeader title={t('keys.title')} lead={t('keys.lead')}>
        {hasProject && (
          <ProjectFilter
            projects={all}
            value={projectId}
            onChange={(chosen) => {
              void navigate({ search: { project_id: chosen } });
            }}
          />
        )}
        {chosen && (
          <Button
            variant="default"
            onClick={() => {
              openLimits('project', chosen.id, chosen.name);
            }}
          >
            {t('keys.limits.ofProject')}
          </Button>
        )}
        {chosen && viewer.may('keys_read', { organization: chosen.organization_id }) && (
          <Button
            variant="default"
            onClick={() => {
              openLimits('organization', chosen.organization_id, organization?.name ?? '');
            }}
          >
            {t('keys.limits.ofOrganization')}
          </Button>
        )}
        {mayCreateProject && (
          <Button variant="default" onClick={open('project')}>
            {t('keys.newProject')}
          </Button>
        )}
        {viewer.may('keys_write') && (
          <Button
            leftSection={<Icon name="plus" size={16} />}
            disabled={writable.length === 0}
            onClick={open('create')}
          >
            {t('keys.create')}
          </Button>
        )}
      </PageHeader>
      <Panel>
        <QueryState query={projects} what={t('keys.what')} skeleton={<KeysSkeleton />}>
          {() => (
            <QueryState query={keys} what={t('keys.what')} skeleton={<KeysSkeleton />}>
              {({ pages }) => {
                const items = pages.flatMap((page) => page.items);
                if (!hasProject) {
                  return <NoProject onProject={mayCreateProject ? open('project') : undefined} />;
                }
                if (items.length === 0) {
                  return <NoKey onCreate={writable.length > 0 ? open('create') : undefined} />;
                }
                return (
                  <KeyTable
                    keys={items}
                    onChange={openFor('change')}
                    onLimits={(key) => {
                      openLimits('key', key.id, key.name);
                    }}
                    onRotate={openFor('rotate')}
                    onRevoke={openFor('revoke')}
                    more={keys.hasNextPage ? () => void keys.fetchNextPage() : undefined}
                    loadingMore={keys.isFetchingNextPage}
                  />
                );
              }}
            </QueryState>
          )}
        </QueryState>
      </Panel>
      {dialog.kind === 'create' && (
        <CreateKeyDialog projects={writable} projectId={projectId} onClose={close} />
      )}
      {dialog.kind === 'project' && <ProjectDialog onClose={close} />}
      {dialog.kind === 'change' && <ChangeKeyDialog apiKey={dialog.key} onClose={close} />}
      {dialog.kind === 'limits' && <LimitsDialog owner={dialog.owner} onClose={close} />}
      {dialog.kind === 'rotate' && <RotateDialog apiKey={dialog.key} onClose={close} />}
      {dialog.kind === 'revoke' && <RevokeDialog apiKey={dialog.key} onClose={close} />}
    </>
  );
}

interface ProjectFilterProps {
  projects: Project[];
  value: string | undefined;
  onChange: (projectId: string | undefined) => void;
}

function ProjectFilter({ projects, value, onChange }: ProjectFilterProps) {
  const { t } = useTranslation();
  return (
    <NativeSelect
      aria-label={t('keys.project')}
      value={value ?? ''}
      data={[
        { value: '', label: t('keys.project.all') },
        ...projects.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={(event) => {
        onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value);
      }}
    />
  );
}

function NoProject({ onProject }: { onProject: (() => void) | undefined }) {
  const { t } = useTranslation();
  return (
    <EmptyState title={t('keys.empty.noProject')} body={t('keys.empty.noProject.body')}>
      {onProject && <Button onClick={onProject}>{t('keys.newProject')}</Button>}
    </EmptyState>
  );
}

function NoKey({ onCreate }: { onCreate: (() => void) | undefined }) {
  const { t } = useTranslation();
  return (
    <EmptyState title={t('keys.empty')} body={t('keys.empty.body')}>
      {onCreate && <Button onClick={onCreate}>{t('keys.create')}</Button>}
    </EmptyState>
  );
}

function KeysSkeleton() {
  return (
    <Stack gap="sm">
      {['header', 'first', 'second', 'third'].map((row) => (
        <Skeleton key={row} height={36} radius="sm" />
      ))}
    </Stack>
  );
}
