import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CopyAction } from '@/components/CopyAction';
import { DataTable, type Column } from '@/components/DataTable';
import { Panel } from '@/components/Panel';
import { filePath, isUnfinished, type ExportFile, type Job } from '@/features/exports/api/jobs';
import { formatBytes, formatTokens } from '@/lib/money';

const HASH_SHOWN = 16;

/** The files of a finished export, each with what its reader checks it against. */
export function FilePanel({ job }: { job: Job }) {
  const { t } = useTranslation();
  const parts = job.manifest?.parts;
  return (
    <Panel
      title={t('exports.files.title')}
      summary={parts === undefined ? undefined : whereThey(job)}
      action={
        job.downloadable && (
          <Button
            component="a"
            size="compact-sm"
            variant="default"
            href={filePath(job.export_id, 'manifest.json')}
            download={`export-${job.export_id}-manifest.json`}
          >
            {t('exports.manifest')}
          </Button>
        )
      }
    >
      {parts === undefined ? (
        <Text size="sm" c="dimmed">
          {t(isUnfinished(job) ? 'exports.files.later' : 'exports.files.never')}
        </Text>
      ) : (
        <>
          {job.format.startsWith('csv') && (
            <Text size="sm" mb="sm">
              {t('exports.files.csv')}
            </Text>
          )}
          <Files job={job} parts={parts} />
        </>
      )}
    </Panel>
  );

  function whereThey({ target, downloadable }: Job) {
    if (target != null) return t('exports.files.target', { target });
    return t(downloadable ? 'exports.files.kept' : 'exports.files.gone');
  }
}

function Files({ job, parts }: { job: Job; parts: ExportFile[] }) {
  const { t } = useTranslation();
  const columns: Column<ExportFile>[] = [
    {
      id: 'file',
      header: t('exports.col.file'),
      cell: ({ row }) => <span className="mono">{row.original.file}</span>,
    },
    {
      id: 'rows',
      header: t('exports.col.rows'),
      numeric: true,
      cell: ({ row }) => formatTokens(row.original.rows),
    },
    {
      id: 'bytes',
      header: t('exports.col.bytes'),
      numeric: true,
      cell: ({ row: { original } }) => (
        <span title={t('exports.bytes', { bytes: formatTokens(original.bytes) })}>
          {formatBytes(original.bytes)}
        </span>
      ),
    },
    {
      id: 'sha256',
      header: t('exports.col.sha256'),
      cell: ({ row: { original } }) => (
        <Group gap={4} wrap="nowrap">
          <span className="mono" title={original.sha256}>
            {original.sha256.slice(0, HASH_SHOWN)}…
          </span>
          <CopyAction value={original.sha256} what={t('exports.hashOf', { file: original.file })} />
        </Group>
      ),
    },
    {
      id: 'action',
      header: t('members.col.action'),
      numeric: true,
      cell: ({ row: { original } }) =>
        job.downloadable && (
          <Button
            component="a"
            size="compact-sm"
            variant="default"
            href={filePath(job.export_id, original.file)}
            download={original.file}
            aria-label={t('exports.download.named', { file: original.file, id: job.export_id })}
          >
            {t('exports.download')}
          </Button>
        ),
    },
  ];
  return (
    <DataTable
      caption={t('exports.files.title')}
      columns={columns}
      rows={parts}
      rowId={(part) => part.file}
    />
  );
}
