import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Count, Sum } from '@/components/amounts';
import { ClassBar, ClassSwatch } from '@/components/charts/ClassBar';
import { DataTable, type Column } from '@/components/DataTable';
import type { Usage, UsageItem } from '@/features/usage/api/usage';
import classes from '@/features/usage/components/UsageTable.module.css';
import type { Group, Selection } from '@/features/usage/search';
import { useLocale } from '@/lib/i18n/useLocale';
import { compareTokens, compareUsd, formatShares, formatTokens, toPico } from '@/lib/money';
import { formatDay, rangeOfDay, type DayRange } from '@/lib/time';
import { TOKEN_CLASSES, totalTokens } from '@/lib/tokens';

interface UsageTableProps {
  usage: Usage;
  group: Group;
  range: DayRange;
  filters: Selection;
  sort: string;
  onSort: (sort: string) => void;
}

/** What the selection becomes when one line of the group is chosen. */
function narrow(group: Group, key: string, selection: Selection & DayRange): Selection & DayRange {
  switch (group) {
    case 'day':
      return { ...selection, ...rangeOfDay(key) };
    case 'project':
      return { ...selection, project_id: key };
    case 'key':
      return { ...selection, api_key_id: key };
    case 'model':
      return { ...selection, model_id: key };
  }
}

const NEXT: Record<Group, Group> = { day: 'project', project: 'key', key: 'day', model: 'project' };

/** One line a group: its name goes deeper, its count opens its requests. */
export function UsageTable({ usage, group, range, filters, sort, onSort }: UsageTableProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const selection = { ...filters, ...range };
  const shares = formatShares(
    usage.items.map((item) => toPico(item.cost)),
    toPico(usage.total.cost),
  );
  const shareOf = new Map(usage.items.map((item, index) => [item.key, shares[index]]));
  const nameOf = (item: UsageItem) =>
    group === 'day' ? formatDay(item.key, locale) : (item.name ?? item.key);
  const columns: Column<UsageItem>[] = [
    {
      id: 'name',
      header: t(`usage.col.group.${group}`),
      enableSorting: true,
      sortFn: (left, right) =>
        group === 'day'
          ? left.original.key.localeCompare(right.original.key)
          : nameOf(left.original).localeCompare(nameOf(right.original)),
      accessorFn: nameOf,
      cell: ({ row }) => (
        <Link
          to="/usage"
          search={{ ...narrow(group, row.original.key, selection), group_by: NEXT[group] }}
          className="rowLink"
        >
          {nameOf(row.original)}
        </Link>
      ),
    },
    {
      id: 'requests',
      header: t('usage.col.requests'),
      numeric: true,
      enableSorting: true,
      accessorFn: (item) => item.requests,
      sortFn: (left, right) => compareTokens(left.original.requests, right.original.requests),
      cell: ({ row }) => (
        <Link
          to="/requests"
          search={narrow(group, row.original.key, selection)}
          className="rowLink number"
          aria-label={t('usage.openRequests', {
            requests: formatTokens(row.original.requests),
            name: nameOf(row.original),
          })}
        >
          {formatTokens(row.original.requests)}
        </Link>
      ),
    },
    ...TOKEN_CLASSES.map((name): Column<UsageItem> => ({
      id: name,
      header: t(`class.${name}`),
      numeric: true,
      wideOnly: true,
      cell: ({ row }) => <Count tokens={row.original.tokens[name]} />,
    })),
    {
      id: 'tokens',
      header: t('usage.col.tokens'),
      numeric: true,
      enableSorting: true,
      accessorFn: (item) => totalTokens(item.tokens),
      sortFn: (left, right) =>
        compareTokens(totalTokens(left.original.tokens), totalTokens(right.original.tokens)),
      cell: ({ row }) => (
        <span className={classes.tokens}>
          <Count tokens={totalTokens(row.original.tokens)} />
          <ClassBar counts={row.original.tokens} height={4} />
        </span>
      ),
    },
    {
      id: 'cost',
      header: t('usage.col.cost'),
      numeric: true,
      enableSorting: true,
      accessorFn: (item) => item.cost,
      sortFn: (left, right) => compareUsd(left.original.cost, right.original.cost),
      cell: ({ row }) => <Sum usd={row.original.cost} />,
    },
    {
      id: 'share',
      header: t('usage.col.share'),
      numeric: true,
      cell: ({ row }) => <span className="number">{shareOf.get(row.original.key)}</span>,
    },
  ];
  return (
    <DataTable
      caption={t('usage.title')}
      columns={columns}
      rows={usage.items}
      rowId={(item) => item.key}
      sort={sort}
      onSort={onSort}
      footer={{
        name: t('table.total'),
        requests: (
          <Link to="/requests" search={selection} className="rowLink number">
            {formatTokens(usage.total.requests)}
          </Link>
        ),
        ...Object.fromEntries(
          TOKEN_CLASSES.map((name) => [
            name,
            <Count key={name} tokens={usage.total.tokens[name]} />,
          ]),
        ),
        tokens: <Count tokens={totalTokens(usage.total.tokens)} />,
        cost: <Sum usd={usage.total.cost} />,
      }}
    />
  );
}

/** Names the colours of the small bars in the table. */
export function ClassLegend() {
  const { t } = useTranslation();
  return (
    <span className={classes.legend}>
      {TOKEN_CLASSES.map((name) => (
        <span key={name}>
          <ClassSwatch name={name} />
          {t(`class.${name}`)}
        </span>
      ))}
    </span>
  );
}
