import { Alert, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { Icon } from '@/components/Icon';
import { Panel } from '@/components/Panel';
import type { Request } from '@/features/usage/api/request';
import { compareCounts, type CountRow } from '@/features/usage/counts';
import { formatTokens } from '@/lib/money';

/** The engine's receipt against what was charged and waived. */
export function CountsPanel({ request }: { request: Request }) {
  const { t } = useTranslation();
  const rows = compareCounts(request);
  if (!rows) {
    return (
      <Panel title={t('request.counts')}>
        <Text size="sm" c="dimmed">
          {t('request.counts.noReceipt')}
        </Text>
      </Panel>
    );
  }
  const agrees = rows.every((row) => row.difference === '0');
  const column = (id: 'engine' | 'charged' | 'waived' | 'difference'): Column<CountRow> => ({
    id,
    header: t(`request.counts.${id}`),
    numeric: true,
    cell: ({ row }) => formatTokens(row.original[id]),
  });
  const columns: Column<CountRow>[] = [
    {
      id: 'count',
      header: t('request.counts.count'),
      cell: ({ row }) => t(`request.counts.${row.original.name}`),
    },
    column('engine'),
    column('charged'),
    column('waived'),
    column('difference'),
  ];
  return (
    <Panel title={t('request.counts')}>
      <Stack gap="sm">
        <DataTable
          caption={t('request.counts')}
          columns={columns}
          rows={rows}
          rowId={(row) => row.name}
        />
        <Alert
          color={agrees ? 'teal' : 'red'}
          icon={<Icon name={agrees ? 'check' : 'warning'} />}
          py="xs"
        >
          {t(agrees ? 'request.counts.agree' : 'request.counts.differ')}
        </Alert>
      </Stack>
    </Panel>
  );
}
