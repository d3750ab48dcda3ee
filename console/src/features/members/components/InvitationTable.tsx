import { Badge, Button, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { useNow } from '@/components/useNow';
import { useViewer } from '@/components/useViewer';
import { stateOf, type Invitation } from '@/features/members/api/invitations';
import { roleLabel } from '@/features/members/roles';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMoment, formatRelative } from '@/lib/time';

interface InvitationTableProps {
  invitations: Invitation[];
  past: boolean;
  projectName: (id: string) => string;
  onRevoke: (invitation: Invitation) => void;
}

const COLOR = { open: 'teal', accepted: 'blue', revoked: 'gray', expired: 'yellow' } as const;

/** Who may still come, and with `past` who came or does not any more. */
export function InvitationTable({
  invitations,
  past,
  projectName,
  onRevoke,
}: InvitationTableProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const viewer = useViewer();
  const now = useNow();
  const shown = invitations.filter((one) => past || stateOf(one, now) === 'open');
  if (shown.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('invitations.none')}
      </Text>
    );
  }
  const columns: Column<Invitation>[] = [
    {
      id: 'email',
      header: t('members.col.email'),
      cell: ({ row }) => <span className="mono">{row.original.email}</span>,
    },
    {
      id: 'role',
      header: t('members.col.role'),
      cell: ({ row }) => roleLabel(t, row.original.role),
    },
    {
      id: 'where',
      header: t('members.col.where'),
      cell: ({ row: { original } }) =>
        original.project_id === null ? t('members.whole') : projectName(original.project_id),
    },
    {
      id: 'state',
      header: t('invitations.col.state'),
      cell: ({ row }) => {
        const state = stateOf(row.original, now);
        return <Badge color={COLOR[state]}>{t(`invitations.state.${state}`)}</Badge>;
      },
    },
    {
      id: 'expires',
      header: t('invitations.col.expires'),
      cell: ({ row: { original } }) => (
        <time dateTime={original.expires_at} title={formatMoment(original.expires_at, locale)}>
          {formatRelative(original.expires_at, now, locale)}
        </time>
      ),
    },
    {
      id: 'action',
      header: t('members.col.action'),
      numeric: true,
      cell: ({ row: { original } }) => {
        const organization = original.organization_id;
        const mayRevoke =
          stateOf(original, now) === 'open' && viewer.may('members_write', { organization });
        if (!mayRevoke) return null;
        return (
          <Button
            size="compact-sm"
            variant="light"
            color="red"
            aria-label={t('invitations.revoke.named', { name: original.email })}
            onClick={() => {
              onRevoke(original);
            }}
          >
            {t('invitations.revoke')}
          </Button>
        );
      },
    },
  ];
  return (
    <DataTable
      caption={t('invitations.title')}
      columns={columns}
      rows={shown}
      rowId={(one) => one.id}
    />
  );
}
