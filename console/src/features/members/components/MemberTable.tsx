import { Badge, Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { useViewer } from '@/components/useViewer';
import type { Member } from '@/features/members/api/members';
import { roleLabel } from '@/features/members/roles';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMoment } from '@/lib/time';

interface MemberTableProps {
  members: Member[];
  projectName: (id: string) => string;
  onChange: (member: Member) => void;
  onRemove: (member: Member) => void;
}

/** One line for each role of a person; what came of a group is changed in the group. */
export function MemberTable({ members, projectName, ...actions }: MemberTableProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const columns: Column<Member>[] = [
    {
      id: 'email',
      header: t('members.col.email'),
      cell: ({ row }) => <span className="mono">{row.original.email}</span>,
    },
    {
      id: 'role',
      header: t('members.col.role'),
      cell: ({ row }) => <Badge>{roleLabel(t, row.original.role)}</Badge>,
    },
    {
      id: 'where',
      header: t('members.col.where'),
      cell: ({ row: { original } }) =>
        original.project_id === null ? t('members.whole') : projectName(original.project_id),
    },
    {
      id: 'source',
      header: t('members.col.source'),
      cell: ({ row }) => t(row.original.of_group ? 'members.ofGroup' : 'members.given'),
    },
    {
      id: 'since',
      header: t('members.col.since'),
      wideOnly: true,
      cell: ({ row }) => formatMoment(row.original.created_at, locale),
    },
    {
      id: 'action',
      header: t('members.col.action'),
      numeric: true,
      cell: ({ row }) => <Actions member={row.original} {...actions} />,
    },
  ];
  return (
    <DataTable
      caption={t('members.list')}
      columns={columns}
      rows={members}
      rowId={(member) => member.id}
    />
  );
}

type ActionsProps = Pick<MemberTableProps, 'onChange' | 'onRemove'> & { member: Member };

function Actions({ member, onChange, onRemove }: ActionsProps) {
  const { t } = useTranslation();
  const viewer = useViewer();
  const organization = member.organization_id;
  if (!viewer.may('members_write', { organization })) return null;
  if (member.of_group || (member.role === 'owner' && !viewer.owns(organization))) {
    return (
      <Text size="xs" c="dimmed">
        {t(member.of_group ? 'members.byGroup' : 'members.byOwner')}
      </Text>
    );
  }
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      <Button
        size="compact-sm"
        variant="default"
        aria-label={t('members.change.named', { name: member.email })}
        onClick={() => {
          onChange(member);
        }}
      >
        {t('members.change')}
      </Button>
      <Button
        size="compact-sm"
        variant="light"
        color="red"
        aria-label={t('members.remove.named', { name: member.email })}
        onClick={() => {
          onRemove(member);
        }}
      >
        {t('members.remove')}
      </Button>
    </Group>
  );
}
