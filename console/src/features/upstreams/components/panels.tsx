import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { Facts } from '@/components/Facts';
import { Ago, Moment } from '@/components/Moment';
import { Panel } from '@/components/Panel';
import type { Upstream, UpstreamModel } from '@/features/upstreams/api/upstreams';
import {
  BeliefBadge,
  StandingBadges,
  UseBadge,
} from '@/features/upstreams/components/StandingBadges';
import { formatTokens } from '@/lib/money';

/** How it does at the replica that answers. */
export function StandingPanel({ upstream }: { upstream: Upstream }) {
  const { t } = useTranslation();
  const { standing } = upstream;
  return (
    <Panel title={t('upstreams.standing')} summary={t('upstreams.standing.summary')}>
      <Facts
        facts={[
          { name: t('upstreams.col.use'), value: <UseBadge upstream={upstream} /> },
          { name: t('upstreams.col.standing'), value: <StandingBadges standing={standing} /> },
          { name: t('upstreams.col.outstanding'), value: standing?.outstanding ?? '–' },
          { name: t('upstreams.col.belief'), value: <BeliefBadge standing={standing} /> },
          {
            name: t('upstreams.col.checked'),
            value: <Ago at={standing?.checked_at ?? null} />,
          },
          { name: t('upstreams.col.probed'), value: <Ago at={upstream.probed_at} /> },
        ]}
      />
    </Panel>
  );
}

/** What is set; of the key only that there is one. */
export function TermsPanel({ upstream }: { upstream: Upstream }) {
  const { t } = useTranslation();
  const size = (tokens: number | null | undefined) =>
    tokens == null ? '–' : formatTokens(String(tokens));
  const columns: Column<UpstreamModel>[] = [
    {
      id: 'model',
      header: t('upstreams.form.model.ours'),
      cell: ({ row }) => <span className="mono">{row.original.model}</span>,
    },
    {
      id: 'name',
      header: t('upstreams.form.model.theirs'),
      cell: ({ row }) => <span className="mono">{row.original.upstream_name}</span>,
    },
    {
      id: 'priority',
      header: t('upstreams.form.priority'),
      numeric: true,
      cell: ({ row }) => row.original.priority ?? '–',
    },
    {
      id: 'context',
      header: t('upstreams.form.context_length'),
      numeric: true,
      cell: ({ row }) => size(row.original.context_length),
    },
    {
      id: 'output',
      header: t('upstreams.form.max_output_tokens'),
      numeric: true,
      cell: ({ row }) => size(row.original.max_output_tokens),
    },
    {
      id: 'reasoning',
      header: t('upstreams.form.reasoning'),
      cell: ({ row }) => t((row.original.reasoning ?? true) ? 'matrix.yes' : 'matrix.no'),
    },
  ];
  return (
    <Panel title={t('upstreams.terms')}>
      <Facts
        facts={[
          {
            name: t('upstreams.form.key'),
            value: t(upstream.has_key ? 'upstreams.key.stored' : 'upstreams.key.none'),
          },
          {
            name: t('upstreams.form.trusted'),
            value: t(upstream.trusted === null ? 'upstreams.trusted.jvm' : 'upstreams.trusted.own'),
          },
          {
            name: t('upstreams.form.start'),
            value: t('upstreams.seconds', { seconds: upstream.start_within_seconds }),
          },
          {
            name: t('upstreams.form.cache_salt'),
            value: t(upstream.cache_salt ? 'matrix.yes' : 'matrix.no'),
          },
          { name: t('upstreams.registered'), value: <Moment at={upstream.created_at} /> },
        ]}
      />
      <DataTable
        caption={t('upstreams.col.models')}
        columns={columns}
        rows={upstream.models}
        rowId={(model) => model.model}
      />
    </Panel>
  );
}
