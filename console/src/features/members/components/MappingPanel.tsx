import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { Lines } from '@/components/Lines';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { mappingQuery } from '@/features/members/api/mapping';
import { roleLabel } from '@/features/members/roles';

interface Line {
  kind: 'group' | 'domain';
  name: string;
  role: string;
  project_id: string | null;
}

interface MappingPanelProps {
  organization: string;
  projectName: (id: string) => string;
}

/** What the identity provider's groups and domains become here; the site's settings say it. */
export function MappingPanel({ organization, projectName }: MappingPanelProps) {
  const { t } = useTranslation();
  const query = useQuery(mappingQuery(organization));
  const columns: Column<Line>[] = [
    {
      id: 'kind',
      header: t('mapping.col.kind'),
      cell: ({ row }) => t(`mapping.${row.original.kind}`),
    },
    {
      id: 'name',
      header: t('mapping.col.name'),
      cell: ({ row }) => <span className="mono">{row.original.name}</span>,
    },
    {
      id: 'role',
      header: t('members.col.role'),
      cell: ({ row }) => roleLabel(t, row.original.role),
    },
    {
      id: 'where',
      header: t('members.col.where'),
      cell: ({ row: { original } }) =>
        original.project_id === null ? t('members.whole') : projectName(original.project_id),
    },
  ];
  return (
    <Panel title={t('mapping.title')} summary={t('mapping.summary')}>
      <QueryState query={query} what={t('mapping.what')} skeleton={<Lines count={2} />}>
        {({ groups, domains }) => {
          const lines: Line[] = [
            ...groups.map((one) => ({ ...one, kind: 'group' as const })),
            ...domains.map((one) => ({ ...one, kind: 'domain' as const })),
          ];
          return lines.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t('mapping.none')}
            </Text>
          ) : (
            <DataTable
              caption={t('mapping.title')}
              columns={columns}
              rows={lines}
              rowId={(line) => `${line.kind} ${line.name} ${line.role} ${line.project_id ?? ''}`}
            />
          );
        }}
      </QueryState>
    </Panel>
  );
}
