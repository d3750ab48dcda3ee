import { Button, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { FormError } from '@/components/FormError';
import { Ago } from '@/components/Moment';
import { filePath, type Job } from '@/features/exports/api/jobs';
import { Alter } from '@/features/exports/components/Alter';
import { StateBadge } from '@/features/exports/components/StateBadge';
import { formatScope } from '@/features/exports/scope';
import { useLocale } from '@/lib/i18n/useLocale';
import { addTokens, formatBytes, formatTokens } from '@/lib/money';

interface JobTableProps {
  jobs: Job[];
  /** Names whose it is, where several organizations are listed. */
  nameOf: ((organization: string) => string) | undefined;
}

/** One line an export; its name opens it. */
export function JobTable({ jobs, nameOf }: JobTableProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [error, setError] = useState<Error | null>(null);
  const whose: Column<Job>[] =
    nameOf === undefined
      ? []
      : [
          {
            id: 'organization',
            header: t('exports.col.organization'),
            cell: ({ row: { original } }) =>
              original.organization_id == null
                ? t('exports.everybody')
                : nameOf(original.organization_id),
          },
        ];
  const columns: Column<Job>[] = [
    {
      id: 'dataset',
      header: t('exports.col.dataset'),
      cell: ({ row: { original } }) => (
        <div>
          <Link to="/exports/$id" params={{ id: original.export_id }} className="rowLink">
            {original.dataset}
          </Link>
          <Text size="xs" c="dimmed">
            {original.format}
            {original.target != null && ` · ${t('exports.to', { target: original.target })}`}
            {original.schedule_id != null &&
              ` · ${t('exports.ofSchedule', { id: original.schedule_id })}`}
          </Text>
        </div>
      ),
    },
    ...whose,
    {
      id: 'scope',
      header: t('exports.col.scope'),
      cell: ({ row }) => formatScope(row.original, locale),
    },
    {
      id: 'state',
      header: t('exports.col.state'),
      cell: ({ row }) => <StateBadge status={row.original.status} />,
    },
    {
      id: 'rows',
      header: t('exports.col.rows'),
      numeric: true,
      cell: ({ row: { original } }) => <Rows job={original} />,
    },
    {
      id: 'bytes',
      header: t('exports.col.bytes'),
      numeric: true,
      cell: ({ row: { original } }) => <Size job={original} />,
    },
    {
      id: 'ordered',
      header: t('exports.col.ordered'),
      wideOnly: true,
      cell: ({ row: { original } }) => (
        <div>
          <Ago at={original.created_at} />
          <Text size="xs" c="dimmed">
            {original.requested_by}
          </Text>
        </div>
      ),
    },
    {
      id: 'action',
      header: t('members.col.action'),
      numeric: true,
      cell: ({ row: { original } }) =>
        (original.downloadable || original.status !== 'done') && (
          <Group gap="xs" justify="flex-end">
            <Download job={original} />
            <Alter job={original} size="compact-sm" onError={setError} />
          </Group>
        ),
    },
  ];
  return (
    <>
      {error && <FormError error={error} />}
      <DataTable
        caption={t('exports.title')}
        columns={columns}
        rows={jobs}
        rowId={(job) => job.export_id}
      />
    </>
  );
}

/** Those of its files, or as many as were read so far. */
export function Rows({ job }: { job: Job }) {
  const { t } = useTranslation();
  if (job.manifest != null) return <span>{formatTokens(job.manifest.rows)}</span>;
  const rows = formatTokens(job.rows_read);
  return job.status === 'running' ? (
    <span className="nowrap">{t('exports.soFar', { rows })}</span>
  ) : (
    <span>{job.status === 'waiting' ? '–' : rows}</span>
  );
}

export function Size({ job }: { job: Job }) {
  const { t } = useTranslation();
  if (job.manifest == null) return '–';
  const bytes = addTokens(job.manifest.parts.map((part) => part.bytes));
  return (
    <span className="nowrap" title={t('exports.bytes', { bytes: formatTokens(bytes) })}>
      {formatBytes(bytes)}
    </span>
  );
}

/** The file itself where there is but one; several are on the export's page. */
function Download({ job }: { job: Job }) {
  const { t } = useTranslation();
  const parts = job.manifest?.parts ?? [];
  const [only] = parts;
  if (!job.downloadable || only === undefined) return null;
  return parts.length > 1 ? (
    <Button
      size="compact-sm"
      variant="default"
      renderRoot={(props) => <Link to="/exports/$id" params={{ id: job.export_id }} {...props} />}
    >
      {t('exports.files', { count: parts.length })}
    </Button>
  ) : (
    <Button
      component="a"
      size="compact-sm"
      variant="default"
      href={filePath(job.export_id, only.file)}
      download={only.file}
      aria-label={t('exports.download.named', { file: only.file, id: job.export_id })}
    >
      {t('exports.download')}
    </Button>
  );
}
