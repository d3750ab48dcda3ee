import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { Ago } from '@/components/Moment';
import type { OwnUpstream, Upstream } from '@/features/upstreams/api/upstreams';
import {
  BeliefBadge,
  StandingBadges,
  UseBadge,
} from '@/features/upstreams/components/StandingBadges';

/** One line a server of others; its name opens it. */
export function UpstreamTable({ upstreams }: { upstreams: Upstream[] }) {
  const { t } = useTranslation();
  const columns: Column<Upstream>[] = [
    {
      id: 'name',
      header: t('upstreams.col.name'),
      cell: ({ row: { original } }) => (
        <div>
          <Link to="/upstreams/$id" params={{ id: original.id }} className="rowLink">
            {original.name}
          </Link>
          <Text c="dimmed" size="xs" className="mono">
            {original.url}
          </Text>
        </div>
      ),
    },
    {
      id: 'use',
      header: t('upstreams.col.use'),
      cell: ({ row }) => <UseBadge upstream={row.original} />,
    },
    {
      id: 'standing',
      header: t('upstreams.col.standing'),
      cell: ({ row }) => <StandingBadges standing={row.original.standing} />,
    },
    {
      id: 'outstanding',
      header: t('upstreams.col.outstanding'),
      numeric: true,
      cell: ({ row }) => row.original.standing?.outstanding ?? '–',
    },
    {
      id: 'belief',
      header: t('upstreams.col.belief'),
      cell: ({ row }) => <BeliefBadge standing={row.original.standing} />,
    },
    {
      id: 'models',
      header: t('upstreams.col.models'),
      cell: ({ row }) => (
        <span className="mono">{row.original.models.map(({ model }) => model).join(', ')}</span>
      ),
    },
    {
      id: 'probed',
      header: t('upstreams.col.probed'),
      cell: ({ row }) => <Ago at={row.original.probed_at} />,
    },
  ];
  return (
    <DataTable
      caption={t('upstreams.list')}
      columns={columns}
      rows={upstreams}
      rowId={(upstream) => upstream.id}
    />
  );
}

/** The site's own inference-services, which settings name and nobody registers. */
export function OwnTable({ own }: { own: OwnUpstream[] }) {
  const { t } = useTranslation();
  if (own.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('upstreams.own.none')}
      </Text>
    );
  }
  const columns: Column<OwnUpstream>[] = [
    { id: 'name', header: t('upstreams.col.name'), cell: ({ row }) => row.original.name },
    {
      id: 'standing',
      header: t('upstreams.col.standing'),
      cell: ({ row }) => <StandingBadges standing={row.original.standing} />,
    },
    {
      id: 'outstanding',
      header: t('upstreams.col.outstanding'),
      numeric: true,
      cell: ({ row }) => row.original.standing.outstanding,
    },
    {
      id: 'models',
      header: t('upstreams.col.models'),
      cell: ({ row }) => <span className="mono">{row.original.models.join(', ') || '–'}</span>,
    },
    {
      id: 'checked',
      header: t('upstreams.col.checked'),
      cell: ({ row }) => <Ago at={row.original.standing.checked_at} />,
    },
  ];
  return (
    <DataTable
      caption={t('upstreams.own')}
      columns={columns}
      rows={own}
      rowId={(server) => server.name}
    />
  );
}
