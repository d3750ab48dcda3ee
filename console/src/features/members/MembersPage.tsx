import { Button, Stack, Switch } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/components/EmptyState';
import { Icon } from '@/components/Icon';
import { Lines } from '@/components/Lines';
import { More } from '@/components/More';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { useOrganization, useViewer } from '@/components/useViewer';
import { invitationsQuery, type Invitation } from '@/features/members/api/invitations';
import { membersQuery, type Member } from '@/features/members/api/members';
import { projectNamesQuery } from '@/features/members/api/projects';
import { ChangeRoleDialog } from '@/features/members/components/ChangeRoleDialog';
import { InvitationTable } from '@/features/members/components/InvitationTable';
import { InviteDialog } from '@/features/members/components/InviteDialog';
import { MappingPanel } from '@/features/members/components/MappingPanel';
import { MatrixPanel } from '@/features/members/components/MatrixPanel';
import { MemberTable } from '@/features/members/components/MemberTable';
import { RemoveDialog } from '@/features/members/components/RemoveDialog';
import { RevokeInvitationDialog } from '@/features/members/components/RevokeInvitationDialog';

const route = getRouteApi('/signed-in/members');

type Dialog =
  | { kind: 'none' | 'invite' }
  | { kind: 'change' | 'remove'; member: Member }
  | { kind: 'revoke'; invitation: Invitation };

/** Who may do what in one organization. */
export function MembersPage() {
  const { t } = useTranslation();
  const organization = useOrganization();
  if (organization === undefined) {
    return (
      <>
        <PageHeader title={t('members.title')} lead={t('members.lead')} />
        <Panel>
          <EmptyState title={t('tenant.choose')} body={t('members.choose')} />
        </Panel>
      </>
    );
  }
  return <Members key={organization} organization={organization} />;
}

function Members({ organization }: { organization: string }) {
  const { t } = useTranslation();
  const viewer = useViewer();
  const { past } = route.useSearch();
  const navigate = route.useNavigate();
  const members = useInfiniteQuery(membersQuery(organization));
  const invitations = useInfiniteQuery(invitationsQuery(organization));
  const projects = useQuery(projectNamesQuery(organization));
  const [dialog, setDialog] = useState<Dialog>({ kind: 'none' });
  const close = () => {
    setDialog({ kind: 'none' });
  };
  const names = projects.data?.items ?? [];
  const projectName = (id: string) => names.find((project) => project.id === id)?.name ?? id;
  const mayWrite = viewer.may('members_write', { organization });
  return (
    <>
      <PageHeader title={t('members.title')} lead={t('members.lead')}>
        {mayWrite && (
          <Button
            leftSection={<Icon name="plus" size={16} />}
            onClick={() => {
              setDialog({ kind: 'invite' });
            }}
          >
            {t('members.invite')}
          </Button>
        )}
      </PageHeader>
      <Stack gap="md">
        <Panel title={t('members.list')}>
          <QueryState query={members} what={t('members.what')} skeleton={<Lines />}>
            {({ pages }) => {
              const items = pages.flatMap((page) => page.items);
              if (items.length === 0) {
                return <EmptyState title={t('members.empty')} body={t('members.empty.body')} />;
              }
              return (
                <>
                  <MemberTable
                    members={items}
                    projectName={projectName}
                    onChange={(member) => {
                      setDialog({ kind: 'change', member });
                    }}
                    onRemove={(member) => {
                      setDialog({ kind: 'remove', member });
                    }}
                  />
                  <More query={members} />
                </>
              );
            }}
          </QueryState>
        </Panel>
        <Panel
          title={t('invitations.title')}
          summary={t('invitations.summary')}
          action={
            <Switch
              size="sm"
              label={t('invitations.past')}
              checked={past === '1'}
              onChange={(event) => {
                const chosen = event.currentTarget.checked ? '1' : undefined;
                void navigate({ search: (before) => ({ ...before, past: chosen }) });
              }}
            />
          }
        >
          <QueryState
            query={invitations}
            what={t('invitations.what')}
            skeleton={<Lines count={2} />}
          >
            {({ pages }) => (
              <>
                <InvitationTable
                  invitations={pages.flatMap((page) => page.items)}
                  past={past === '1'}
                  projectName={projectName}
                  onRevoke={(invitation) => {
                    setDialog({ kind: 'revoke', invitation });
                  }}
                />
                <More query={invitations} />
              </>
            )}
          </QueryState>
        </Panel>
        <MatrixPanel />
        <MappingPanel organization={organization} projectName={projectName} />
      </Stack>
      {dialog.kind === 'invite' && (
        <InviteDialog organization={organization} projects={names} onClose={close} />
      )}
      {dialog.kind === 'change' && <ChangeRoleDialog member={dialog.member} onClose={close} />}
      {dialog.kind === 'remove' && (
        <RemoveDialog member={dialog.member} projectName={projectName} onClose={close} />
      )}
      {dialog.kind === 'revoke' && (
        <RevokeInvitationDialog invitation={dialog.invitation} onClose={close} />
      )}
    </>
  );
}
