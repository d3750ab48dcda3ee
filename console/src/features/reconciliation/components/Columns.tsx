import { Badge } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import type { Reconciliation } from '@/features/reconciliation/api/reconciliation';
import classes from '@/features/reconciliation/components/Columns.module.css';
import { compareColumns } from '@/features/reconciliation/verdict';
import { formatExact, formatTokens } from '@/lib/money';

interface Line {
  name: 'requests' | 'input' | 'output' | 'cost';
  engine: ReactNode;
  journal: string;
  usage: string;
  ledger: string | undefined;
  equal: boolean;
}

/** Four columns, one line a count; each line says whether its columns agree. */
export function Columns({ page }: { page: Reconciliation }) {
  const { t } = useTranslation();
  const { requests, input, output, cost } = compareColumns(page);
  const tokens = (cells: typeof input) => (
    <span className={classes.engine}>
      {formatTokens(cells.engine ?? '0')}
      {cells.waived !== undefined && cells.waived !== '0' && (
        <small>{t('reconciliation.explained', { tokens: formatTokens(cells.waived) })}</small>
      )}
    </span>
  );
  const counted = (name: Line['name'], cells: typeof input): Line => ({
    name,
    engine: tokens(cells),
    journal: formatTokens(cells.journal),
    usage: formatTokens(cells.usage),
    ledger: undefined,
    equal: cells.equal,
  });
  const lines: Line[] = [
    counted('requests', requests),
    counted('input', input),
    counted('output', output),
    {
      name: 'cost',
      engine: undefined,
      journal: formatExact(cost.journal),
      usage: formatExact(cost.usage),
      ledger: formatExact(cost.ledger ?? '0'),
      equal: cost.equal,
    },
  ];
  const column = (id: 'engine' | 'journal' | 'ledger'): Column<Line> => ({
    id,
    header: t(`reconciliation.col.${id}`),
    numeric: true,
    cell: ({ row }) => row.original[id] ?? '–',
  });
  const columns: Column<Line>[] = [
    {
      id: 'what',
      header: t('reconciliation.col.what'),
      cell: ({ row }) => t(`reconciliation.row.${row.original.name}`),
    },
    column('engine'),
    column('journal'),
    {
      id: 'usage',
      header: t('reconciliation.col.usage'),
      numeric: true,
      cell: ({ row }) => (
        <Link to="/requests" className="rowLink number">
          {row.original.usage}
        </Link>
      ),
    },
    column('ledger'),
    {
      id: 'verdict',
      header: t('reconciliation.col.verdict'),
      numeric: true,
      cell: ({ row }) => (
        <Badge color={row.original.equal ? 'teal' : 'red'}>
          {row.original.equal ? '=' : '≠'}{' '}
          {t(row.original.equal ? 'reconciliation.equal' : 'reconciliation.differs')}
        </Badge>
      ),
    },
  ];
  return (
    <DataTable
      caption={t('reconciliation.table')}
      columns={columns}
      rows={lines}
      rowId={(line) => line.name}
    />
  );
}
