import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { Moment } from '@/components/Moment';
import type { Standing } from '@/features/upstreams/api/upstreams';

type Noted = Standing['problems'][number];

/** Why usage was not believed, in the server's words. */
const DOUBTS = [
  'missing',
  'zero_with_text',
  'running_missing',
  'final_missing',
  'malformed',
  'fell',
  'prompt_changed',
  'sum_wrong',
  'cached_above_prompt',
  'reasoning_above_output',
  'prompt_above_request',
  'output_above_text',
  'output_above_cap',
] as const;

/** What went wrong there lately, each with the request it happened to. */
export function ProblemTable({ problems }: { problems: Noted[] }) {
  const { t } = useTranslation();
  if (problems.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('upstreams.problems.none')}
      </Text>
    );
  }
  const columns: Column<Noted>[] = [
    {
      id: 'at',
      header: t('upstreams.problems.at'),
      cell: ({ row }) => <Moment at={row.original.at} />,
    },
    {
      id: 'why',
      header: t('upstreams.problems.why'),
      cell: ({ row }) => <Why why={row.original.why} />,
    },
    {
      id: 'request',
      header: t('upstreams.problems.request'),
      cell: ({ row: { original } }) =>
        original.request_id === null ? (
          t('upstreams.problems.check')
        ) : (
          <Link to="/requests/$id" params={{ id: original.request_id }} className="rowLink mono">
            {original.request_id}
          </Link>
        ),
    },
  ];
  return (
    <DataTable
      caption={t('upstreams.problems')}
      columns={columns}
      rows={problems}
      rowId={(problem) => `${problem.at} ${problem.why} ${problem.request_id ?? ''}`}
    />
  );
}

function Why({ why }: { why: string }) {
  const { t } = useTranslation();
  const doubt = DOUBTS.find((name) => why === `usage_${name}`);
  return (
    <div>
      <span className="mono">{why}</span>
      {doubt && (
        <Text size="xs" c="dimmed">
          {t(`doubt.${doubt}`)}
        </Text>
      )}
    </div>
  );
}
