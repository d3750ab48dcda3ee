import { Anchor, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { Moment } from '@/components/Moment';
import type { Tenant } from '@/features/organizations/api/organizations';
import { StateBadge } from '@/features/organizations/components/StateBadge';
import { PLACES } from '@/features/organizations/places';

/** One line an organization: its name opens it, the links open its pages. */
export function OrganizationTable({ tenants }: { tenants: Tenant[] }) {
  const { t } = useTranslation();
  const columns: Column<Tenant>[] = [
    {
      id: 'name',
      header: t('organizations.col.name'),
      cell: ({ row: { original } }) => (
        <Link to="/organizations/$id" params={{ id: original.id }} className="rowLink">
          {original.name}
        </Link>
      ),
    },
    {
      id: 'id',
      header: t('organizations.col.id'),
      numeric: true,
      cell: ({ row }) => <span className="mono">{row.original.id}</span>,
    },
    {
      id: 'state',
      header: t('organizations.state'),
      cell: ({ row }) => <StateBadge tenant={row.original} />,
    },
    {
      id: 'weight',
      header: t('organizations.col.weight'),
      numeric: true,
      cell: ({ row }) => row.original.weight,
    },
    {
      id: 'created',
      header: t('organizations.col.created'),
      wideOnly: true,
      cell: ({ row }) => <Moment at={row.original.created_at} />,
    },
    {
      id: 'places',
      header: t('organizations.col.places'),
      cell: ({ row }) => <Places tenant={row.original} />,
    },
  ];
  return (
    <DataTable
      caption={t('organizations.title')}
      columns={columns}
      rows={tenants}
      rowId={(tenant) => tenant.id}
    />
  );
}

function Places({ tenant: { id, name } }: { tenant: Tenant }) {
  const { t } = useTranslation();
  return (
    <Group gap="sm">
      {PLACES.map(({ to, name: place }) => (
        <Anchor
          key={to}
          size="sm"
          aria-label={t('organizations.place.named', { place: t(`nav.${place}`), name })}
          renderRoot={(props) => <Link to={to} search={{ organization_id: id }} {...props} />}
        >
          {t(`nav.${place}`)}
        </Anchor>
      ))}
    </Group>
  );
}
