import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/components/EmptyState';
import { Lines } from '@/components/Lines';
import { More } from '@/components/More';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { useOrganization } from '@/components/useViewer';
import { auditQuery } from '@/features/audit/api/audit';
import { ChainPanel } from '@/features/audit/components/ChainPanel';
import { EventTable } from '@/features/audit/components/EventTable';

const route = getRouteApi('/signed-in/audit');

const FILTERS = ['action', 'object_kind', 'object_id'] as const;

type Filters = Partial<Record<(typeof FILTERS)[number], string | undefined>>;

/** Who changed what, and that nobody changed that afterwards. */
export function AuditPage() {
  const { t } = useTranslation();
  const organization = useOrganization();
  const navigate = route.useNavigate();
  const { open, action, object_kind, object_id } = route.useSearch();
  const query = useInfiniteQuery(
    auditQuery({ organization_id: organization, action, object_kind, object_id }),
  );
  return (
    <>
      <PageHeader title={t('audit.title')} lead={t('audit.lead')} />
      <Stack gap="md">
        <ChainPanel organization={organization} />
        <Panel title={t('audit.list')}>
          <Stack gap="md">
            <FilterForm
              key={[action, object_kind, object_id].join('\n')}
              filters={{ action, object_kind, object_id }}
              onFilter={(filters) => {
                void navigate({
                  search: (before) => ({ ...before, ...filters, open: undefined }),
                });
              }}
            />
            <QueryState query={query} what={t('audit.what')} skeleton={<Lines count={8} />}>
              {({ pages }) => {
                const items = pages.flatMap((page) => page.items);
                if (items.length === 0) {
                  return <EmptyState title={t('audit.empty')} body={t('audit.empty.body')} />;
                }
                return (
                  <>
                    <EventTable
                      events={items}
                      open={open}
                      onOpen={(id) => {
                        void navigate({
                          search: (before) => ({ ...before, open: id }),
                          resetScroll: false,
                        });
                      }}
                    />
                    <More query={query} />
                  </>
                );
              }}
            </QueryState>
          </Stack>
        </Panel>
      </Stack>
    </>
  );
}

interface FilterFormProps {
  filters: Filters;
  onFilter: (filters: Filters) => void;
}

function FilterForm({ filters, onFilter }: FilterFormProps) {
  const { t } = useTranslation();
  const [form, setForm] = useState(filters);
  const isSet = FILTERS.some((name) => filters[name] !== undefined);
  const given = (name: (typeof FILTERS)[number]) => {
    const text = form[name]?.trim() ?? '';
    return text === '' ? undefined : text;
  };
  return (
    <form
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        onFilter({
          action: given('action'),
          object_kind: given('object_kind'),
          object_id: given('object_id'),
        });
      }}
    >
      <Group gap="sm" align="flex-end">
        {FILTERS.map((name) => (
          <TextInput
            key={name}
            size="sm"
            label={t(`audit.filter.${name}`)}
            placeholder={t(`audit.filter.${name}.hint`)}
            maxLength={100}
            value={form[name] ?? ''}
            onChange={(event) => {
              setForm({ ...form, [name]: event.currentTarget.value });
            }}
          />
        ))}
        <Button type="submit" variant="default">
          {t('audit.filter.apply')}
        </Button>
        {isSet && (
          <Button
            variant="subtle"
            onClick={() => {
              onFilter({ action: undefined, object_kind: undefined, object_id: undefined });
            }}
          >
            {t('audit.filter.clear')}
          </Button>
        )}
      </Group>
    </form>
  );
}
