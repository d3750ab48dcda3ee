import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import type { Difference, Reconciliation } from '@/features/reconciliation/api/reconciliation';
import { formatExact, formatTokens } from '@/lib/money';

/** A difference between whole days has no request. */
function RequestLink({ id }: { id: string }) {
  if (id === '') return '–';
  return (
    <Link to="/requests/$id" params={{ id }} className="rowLink mono">
      {id}
    </Link>
  );
}

/** Every unexplained difference, with the request it belongs to. */
export function Differences({ differences }: { differences: Difference[] }) {
  const { t } = useTranslation();
  const pair = (input: string | null | undefined, output: string | null | undefined) =>
    `${formatTokens(input ?? '0')} · ${formatTokens(output ?? '0')}`;
  const columns: Column<Difference>[] = [
    {
      id: 'request',
      header: t('reconciliation.col.request'),
      cell: ({ row }) => <RequestLink id={row.original.event_id} />,
    },
    { id: 'what', header: t('reconciliation.col.what'), cell: ({ row }) => row.original.what },
    {
      id: 'engine',
      header: t('reconciliation.col.engineTokens'),
      numeric: true,
      cell: ({ row: { original } }) => pair(original.engine_input, original.engine_output),
    },
    {
      id: 'usage',
      header: t('reconciliation.col.usageTokens'),
      numeric: true,
      cell: ({ row: { original } }) => pair(original.usage_input, original.usage_output),
    },
    {
      id: 'cost',
      header: t('reconciliation.row.cost'),
      numeric: true,
      cell: ({ row }) => (row.original.cost == null ? '–' : formatExact(row.original.cost)),
    },
  ];
  return (
    <DataTable
      caption={t('reconciliation.differences')}
      columns={columns}
      rows={differences}
      rowId={(row) => `${row.event_id} ${row.what}`}
    />
  );
}

type WaivedLine = Reconciliation['waived'][number];

const CAUSES = [
  'RETRY',
  'NO_OUTPUT',
  'LATE_STOP',
  'OVERRUN',
  'LOST',
  'ENGINE_DIED',
  'FOREIGN',
] as const;

export function Waived({ waived }: { waived: WaivedLine[] }) {
  const { t } = useTranslation();
  if (waived.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('reconciliation.waived.none')}
      </Text>
    );
  const count = (id: 'requests' | 'input' | 'output'): Column<WaivedLine> => ({
    id,
    header: t(`reconciliation.col.${id}`),
    numeric: true,
    cell: ({ row }) => formatTokens(row.original[id]),
  });
  const columns: Column<WaivedLine>[] = [
    {
      id: 'cause',
      header: t('reconciliation.col.cause'),
      cell: ({ row }) => {
        const known = CAUSES.find((cause) => cause === row.original.cause);
        return known ? t(`waiver.${known}`) : row.original.cause;
      },
    },
    count('requests'),
    count('input'),
    count('output'),
  ];
  return (
    <DataTable
      caption={t('reconciliation.waived')}
      columns={columns}
      rows={waived}
      rowId={(line) => line.cause}
    />
  );
}

type SettledLine = Reconciliation['settled'][number];

export function Settled({ settled }: { settled: SettledLine[] }) {
  const { t } = useTranslation();
  if (settled.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('reconciliation.settled.none')}
      </Text>
    );
  const columns: Column<SettledLine>[] = [
    {
      id: 'request',
      header: t('reconciliation.col.request'),
      cell: ({ row }) => <RequestLink id={row.original.event_id} />,
    },
    {
      id: 'how',
      header: t('reconciliation.col.how'),
      cell: ({ row: { original } }) => (
        <span title={original.note ?? undefined}>{original.note ?? original.what}</span>
      ),
    },
  ];
  return (
    <DataTable
      caption={t('reconciliation.settled')}
      columns={columns}
      rows={settled}
      rowId={(line) => line.event_id}
    />
  );
}

interface StreamLine {
  name: string;
  next: string;
  over: boolean;
}

/** How far each source has been read. */
export function Streams({ page }: { page: Reconciliation }) {
  const { t } = useTranslation();
  const lines: StreamLine[] = [
    ...page.streams.map((stream) => ({
      name: t('reconciliation.stream.gateway', {
        replica: stream.replica,
        epoch: String(stream.epoch),
      }),
      next: stream.next_seq,
      over: isOver(stream.closed),
    })),
    ...page.engine_streams.map((stream) => ({
      name: t('reconciliation.stream.engine', { id: stream.instance_id }),
      next: stream.next_seq,
      over: isOver(stream.ended),
    })),
  ];
  const columns: Column<StreamLine>[] = [
    {
      id: 'stream',
      header: t('reconciliation.col.stream'),
      cell: ({ row }) => row.original.name,
    },
    {
      id: 'next',
      header: t('reconciliation.col.next'),
      numeric: true,
      cell: ({ row }) => formatTokens(row.original.next),
    },
    {
      id: 'state',
      header: t('reconciliation.col.state'),
      cell: ({ row }) =>
        t(row.original.over ? 'reconciliation.stream.closed' : 'reconciliation.stream.open'),
    },
  ];
  return (
    <DataTable
      caption={t('reconciliation.streams')}
      columns={columns}
      rows={lines}
      rowId={(line) => line.name}
    />
  );
}

/** A stream's end comes as a flag or as its moment. */
function isOver(state: boolean | string | null): boolean {
  return state !== null && state !== false && state !== 'false';
}
