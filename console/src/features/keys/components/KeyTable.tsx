import { Badge, Button, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { useNow } from '@/components/useNow';
import { useViewer } from '@/components/useViewer';
import { SCOPES, USUAL_SCOPES, type ApiKey, type Scope } from '@/features/keys/api/keys';
import { keyState, maskedKey } from '@/features/keys/keyState';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMoment, formatRelative, monthOf, rangeOfMonth } from '@/lib/time';

interface KeyTableProps {
  keys: ApiKey[];
  onChange: (key: ApiKey) => void;
  onLimits: (key: ApiKey) => void;
  onRotate: (key: ApiKey) => void;
  onRevoke: (key: ApiKey) => void;
  more: (() => void) | undefined;
  loadingMore: boolean;
}

/** One line a key; revoked and expired ones stay, for the record. */
export function KeyTable({ keys, more, loadingMore, ...actions }: KeyTableProps) {
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
      cell: ({ row }) => <KeyText apiKey={row.original} />,
    },
    {
      id: 'state',
      header: t('keys.col.state'),
      cell: ({ row }) => <State apiKey={row.original} />,
    },
    {
      id: 'rights',
      header: t('keys.col.rights'),
      cell: ({ row }) => <RightsOf apiKey={row.original} />,
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
      cell: ({ row }) => <Actions apiKey={row.original} {...actions} />,
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

type ActionsProps = Pick<KeyTableProps, 'onChange' | 'onLimits' | 'onRotate' | 'onRevoke'> & {
  apiKey: ApiKey;
};

/** Nothing for a revoked key; an expired one has no secret to replace. */
function Actions({ apiKey, onChange, onLimits, onRotate, onRevoke }: ActionsProps) {
  const { t } = useTranslation();
  const state = keyState(apiKey, useNow());
  const viewer = useViewer();
  const place = { organization: apiKey.organization_id, project: apiKey.project_id };
  if (state === 'revoked' || !viewer.may('keys_write', place)) return null;
  const buttons = [
    { verb: 'change', act: onChange, color: undefined },
    { verb: 'limits', act: onLimits, color: undefined },
    ...(state === 'live' ? [{ verb: 'rotate', act: onRotate, color: undefined } as const] : []),
    { verb: 'revoke', act: onRevoke, color: 'red' },
  ] as const;
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      {buttons.map(({ verb, act, color }) => (
        <Button
          key={verb}
          size="compact-sm"
          variant={color === undefined ? 'default' : 'light'}
          color={color}
          aria-label={t(`keys.${verb}.named`, { name: apiKey.name })}
          onClick={() => {
            act(apiKey);
          }}
        >
          {t(`keys.${verb}`)}
        </Button>
      ))}
    </Group>
  );
}

/** The key as it may be shown; with the old secret while that is good, else its age. */
function KeyText({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const now = useNow();
  const { old_last_four: old, old_until: until } = apiKey;
  const isGood = until !== null && Date.parse(until) > now.getTime() && apiKey.revoked_at === null;
  return (
    <div>
      <code className="mono nowrap">{maskedKey(apiKey)}</code>
      <Text
        size="xs"
        c="dimmed"
        className="nowrap"
        title={formatMoment(isGood ? until : apiKey.created_at, locale)}
      >
        {isGood
          ? t('keys.oldGood', { lastFour: old ?? '', when: formatRelative(until, now, locale) })
          : t('keys.made', { when: formatRelative(apiKey.created_at, now, locale) })}
      </Text>
    </div>
  );
}

/** What it opens; with which models and from where, if that is bound. */
function RightsOf({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useTranslation();
  const bounds = [...(apiKey.models ?? []), ...apiKey.networks];
  return (
    <div>
      <Text size="sm">
        {scopeLabels(apiKey.scopes)
          .map((one) => t(`keys.scope.${one}`))
          .join(', ')}
      </Text>
      {bounds.length > 0 && (
        <Text size="xs" c="dimmed" className="mono" maw={170} truncate title={bounds.join('\n')}>
          {bounds.join(', ')}
        </Text>
      )}
    </div>
  );
}

/** Many scopes are one word. */
function scopeLabels(scopes: Scope[]): readonly (Scope | 'all' | 'usual')[] {
  if (SCOPES.every((scope) => scopes.includes(scope))) return ['all'];
  return USUAL_SCOPES.every((scope) => scopes.includes(scope)) ? ['usual'] : scopes;
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
    <div>
      <Badge color={STATE_COLOR[state]} title={title}>
        {t(`keys.state.${state}`)}
      </Badge>
      {state !== 'revoked' && apiKey.expires_at !== null && (
        <Text size="xs" c="dimmed" className="nowrap">
          <When moment={apiKey.expires_at} />
        </Text>
      )}
    </div>
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
