import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Count, Sum } from '@/components/amounts';
import { DataTable, type Column } from '@/components/DataTable';
import type { Overview, OverviewDay } from '@/features/overview/api/overview';
import { referenceName } from '@/features/overview/referenceName';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatDay, rangeOfDay } from '@/lib/time';
import { TOKEN_CLASSES } from '@/lib/tokens';

/** The numbers behind a chart. */
export function DayTable({ overview, what }: { overview: Overview; what: 'tokens' | 'cost' }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const day: Column<OverviewDay> = {
    id: 'day',
    header: t('overview.col.day'),
    cell: ({ row }) => (
      <Anchor
        size="sm"
        renderRoot={(props) => (
          <Link to="/requests" search={rangeOfDay(row.original.day)} {...props} />
        )}
      >
        {formatDay(row.original.day, locale)}
      </Anchor>
    ),
  };
  const tokens: Column<OverviewDay>[] = TOKEN_CLASSES.map((name) => ({
    id: name,
    header: t(`class.${name}`),
    numeric: true,
    cell: ({ row }) => <Count tokens={row.original.tokens[name]} />,
  }));
  const cost: Column<OverviewDay>[] = [
    {
      id: 'cost',
      header: t('overview.costVsReference.ours'),
      numeric: true,
      cell: ({ row }) => <Sum usd={row.original.cost} />,
    },
    {
      id: 'reference',
      header: t('overview.col.reference', {
        name: overview.reference ? referenceName(overview.reference) : '–',
      }),
      numeric: true,
      cell: ({ row: { original } }) =>
        original.reference_cost === null ? '–' : <Sum usd={original.reference_cost} />,
    },
  ];
  return (
    <DataTable
      caption={t(what === 'tokens' ? 'overview.tokensByDay' : 'overview.col.day')}
      columns={[day, ...(what === 'tokens' ? tokens : cost)]}
      rows={overview.days}
      rowId={(row) => row.day}
    />
  );
}
