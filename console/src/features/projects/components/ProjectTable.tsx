import { Badge, Button, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { useViewer } from '@/components/useViewer';
import type { Project } from '@/features/projects/api/projects';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMoment, monthOf, rangeOfMonth } from '@/lib/time';

interface ProjectTableProps {
  projects: Project[];
  onStoring: (project: Project) => void;
}

/** One line a project: its usage, its models, whether prompts and answers are stored. */
export function ProjectTable({ projects, onStoring }: ProjectTableProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const viewer = useViewer();
  const range = rangeOfMonth(monthOf(new Date()));
  const columns: Column<Project>[] = [
    {
      id: 'name',
      header: t('projects.col.name'),
      cell: ({ row: { original } }) => (
        <Link
          to="/usage"
          search={{ ...range, group_by: 'key', project_id: original.id }}
          className="rowLink"
        >
          {original.name}
        </Link>
      ),
    },
    {
      id: 'models',
      header: t('projects.col.models'),
      cell: ({ row: { original } }) =>
        original.models === null ? (
          t('projects.models.all')
        ) : (
          <span className="mono">{original.models.join(', ')}</span>
        ),
    },
    {
      id: 'content',
      header: t('projects.col.content'),
      cell: ({ row: { original } }) => <StoringBadge days={original.content_days} />,
    },
    {
      id: 'created',
      header: t('projects.col.created'),
      wideOnly: true,
      cell: ({ row }) => <Text size="sm">{formatMoment(row.original.created_at, locale)}</Text>,
    },
    {
      id: 'action',
      header: t('keys.col.action'),
      numeric: true,
      cell: ({ row: { original } }) =>
        viewer.may('projects_write', {
          organization: original.organization_id,
          project: original.id,
        }) && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t('storing.open.named', { name: original.name })}
            onClick={() => {
              onStoring(original);
            }}
          >
            {t('storing.open')}
          </Button>
        ),
    },
  ];
  return (
    <DataTable
      caption={t('projects.title')}
      columns={columns}
      rows={projects}
      rowId={(project) => project.id}
    />
  );
}

function StoringBadge({ days }: { days: number | null }) {
  const { t } = useTranslation();
  return days === null ? (
    <Badge color="gray">{t('storing.off')}</Badge>
  ) : (
    <Badge color="blue">{t('storing.on', { count: days })}</Badge>
  );
}
