import { Button, Stack, Text, TextInput } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '@/components/EmptyState';
import { Icon } from '@/components/Icon';
import { Lines } from '@/components/Lines';
import { More } from '@/components/More';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import type { Tenant } from '@/features/organizations/api/organizations';
import { CreateDialog } from '@/features/organizations/components/CreateDialog';
import { OrganizationTable } from '@/features/organizations/components/OrganizationTable';
import { useAllTenants } from '@/features/organizations/useTenant';

const route = getRouteApi('/signed-in/organizations');

/** Every organization of the site. */
export function OrganizationsPage() {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const { q: asked = '' } = route.useSearch();
  // Typed faster than the address follows.
  const [q, setQ] = useState(asked);
  const [creating, setCreating] = useState(false);
  const { query, items = [], complete } = useAllTenants(q !== '');
  const open = () => {
    setCreating(true);
  };
  const wanted = q.trim().toLocaleLowerCase();
  const found = items.filter(
    ({ id, name }) => name.toLocaleLowerCase().includes(wanted) || id === wanted,
  );
  return (
    <>
      <PageHeader title={t('organizations.title')} lead={t('organizations.lead')}>
        <Button leftSection={<Icon name="plus" size={16} />} onClick={open}>
          {t('organizations.create')}
        </Button>
      </PageHeader>
      <Panel>
        <Stack gap="md">
          <TextInput
            role="searchbox"
            label={t('organizations.search')}
            maw={360}
            maxLength={100}
            value={q}
            onChange={(event) => {
              const typed = event.currentTarget.value;
              setQ(typed);
              void navigate({
                search: (before) => ({ ...before, q: typed === '' ? undefined : typed }),
                replace: true,
                resetScroll: false,
              });
            }}
          />
          <QueryState query={query} what={t('organizations.what')} skeleton={<Lines />}>
            {() => (
              <>
                <Found all={items} found={found} onCreate={open} complete={complete} />
                {q === '' && <More query={query} />}
              </>
            )}
          </QueryState>
        </Stack>
      </Panel>
      {creating && (
        <CreateDialog
          onClose={() => {
            setCreating(false);
          }}
        />
      )}
    </>
  );
}

interface FoundProps {
  all: Tenant[];
  found: Tenant[];
  complete: boolean;
  onCreate: () => void;
}

function Found({ all, found, complete, onCreate }: FoundProps) {
  const { t } = useTranslation();
  if (all.length === 0) {
    return (
      <EmptyState title={t('organizations.empty')} body={t('organizations.empty.body')}>
        <Button onClick={onCreate}>{t('organizations.create')}</Button>
      </EmptyState>
    );
  }
  return (
    <>
      <Text role="status" size="sm" c="dimmed">
        {t(complete ? 'organizations.found' : 'organizations.foundSoFar', {
          count: found.length,
        })}
      </Text>
      {found.length > 0 && <OrganizationTable tenants={found} />}
    </>
  );
}
