import { Badge, Button, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { useNow } from '@/components/useNow';
import type { ApiKey } from '@/features/keys/api/keys';
import { keyState, maskedKey } from '@/features/keys/keyState';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMoment, formatRelative, monthOf, rangeOfMonth } from '@/lib/time';

interface KeyTableProps {
  keys: ApiKey[];
  onRevoke: (key: ApiKey) => void;
  more: (() => void) | undefined;
  loadingMore: boolean;
}

/** One line a key; revoked and expired ones stay, for the record. */
export function KeyTable({ keys, onRevoke, more, loadingMore }: KeyTableProps) {
  const { t } = useTranslation();
  const columns: Column<ApiKey>[] = [
    {
      id: 'name',
      header: t('keys.col.name'),
      cell: ({ row }) => <KeyName apiKey={row.original} />,
    },
    {
      id: 'key',
      header: t('keys.col.key'),
      cell: ({ row }) => <code className="mono nowrap">{maskedKey(row.original)}</code>,
    },
    {
      id: 'state',
      header: t('keys.col.state'),
      cell: ({ row }) => <State apiKey={row.original} />,
    },
    {
      id: 'created',
      header: t('keys.col.created'),
      cell: ({ row }) => <When moment={row.original.created_at} />,
    },
    {
      id: 'expires',
      header: t('keys.col.expires'),
      cell: ({ row }) => <When moment={row.original.expires_at} />,
    },
    {
      id: 'used',
      header: t('keys.col.lastUsed'),
      cell: ({ row }) => <When moment={row.original.last_used_at} />,
    },
    {
      id: 'action',
      header: t('keys.col.action'),
      numeric: true,
      cell: ({ row }) =>
        row.original.revoked_at === null ? (
          <Button
            size="compact-sm"
            variant="light"
            color="red"
            aria-label={t('keys.revoke.named', { name: row.original.name })}
            onClick={() => {
              onRevoke(row.original);
            }}
          >
            {t('keys.revoke')}
          </Button>
        ) : null,
    },
  ];
  return (
    <>
      <DataTable caption={t('keys.title')} columns={columns} rows={keys} rowId={(key) => key.id} />
      {more && (
        <Group justify="center" mt="md">
          <Button variant="default" onClick={more} loading={loadingMore}>
            {t('table.more')}
          </Button>
        </Group>
      )}
    </>
  );
}

/** Opens the key's usage of this month. */
function KeyName({ apiKey }: { apiKey: ApiKey }) {
  const range = rangeOfMonth(monthOf(new Date()));
  return (
    <div>
      <Link
        to="/usage"
        search={{ ...range, group_by: 'day', api_key_id: apiKey.id }}
        className="rowLink"
      >
        {apiKey.name}
      </Link>
      <Text size="xs" c="dimmed">
        {apiKey.project}
      </Text>
    </div>
  );
}

const STATE_COLOR = { live: 'teal', expired: 'yellow', revoked: 'gray' } as const;

function State({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const state = keyState(apiKey, useNow());
  const title =
    apiKey.revoked_at === null
      ? undefined
      : t('keys.revokedAt', { when: formatMoment(apiKey.revoked_at, locale) });
  return (
    <Badge color={STATE_COLOR[state]} title={title}>
      {t(`keys.state.${state}`)}
    </Badge>
  );
}

function When({ moment }: { moment: string | null }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const now = useNow();
  if (moment === null) {
    return (
      <Text span size="sm" c="dimmed">
        {t('keys.never')}
      </Text>
    );
  }
  return (
    <time dateTime={moment} title={formatMoment(moment, locale)}>
      {formatRelative(moment, now, locale)}
    </time>
  );
}
