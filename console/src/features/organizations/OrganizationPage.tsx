import { Button, Grid, Group, Stack, Text } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Back } from '@/components/Back';
import { EmptyState } from '@/components/EmptyState';
import { Lines } from '@/components/Lines';
import { Moment } from '@/components/Moment';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { Failure } from '@/components/QueryState';
import type { Tenant } from '@/features/organizations/api/organizations';
import { CreditPanel } from '@/components/CreditPanel';
import { LimitsPanel } from '@/features/organizations/components/LimitsPanel';
import { StatePanel } from '@/features/organizations/components/StatePanel';
import { WeightDialog } from '@/features/organizations/components/WeightDialog';
import { PLACES } from '@/features/organizations/places';
import { useTenant } from '@/features/organizations/useTenant';

const route = getRouteApi('/signed-in/organizations/$id');

/** One organization: what it may ask, how it pays, and the way into it. */
export function OrganizationPage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const { query, tenant, gone } = useTenant(id);
  return (
    <>
      <Back to="/organizations" label={t('organizations.title')} />
      {tenant !== undefined && <One tenant={tenant} />}
      {tenant === undefined && gone && (
        <Panel>
          <EmptyState title={t('organizations.gone')} body={t('organizations.gone.body', { id })} />
        </Panel>
      )}
      {tenant === undefined && query.error && (
        <Failure error={query.error} retry={() => void query.refetch()} busy={query.isFetching} />
      )}
      {tenant === undefined && !gone && !query.error && (
        <div aria-busy="true">
          <Lines count={6} />
        </div>
      )}
    </>
  );
}

function One({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation();
  const [weighing, setWeighing] = useState(false);
  return (
    <>
      <PageHeader
        title={tenant.name}
        lead={
          <>
            {t('organizations.col.id')} {tenant.id} · {t('organizations.col.created')}{' '}
            <Moment at={tenant.created_at} />
          </>
        }
      />
      <Stack gap="md">
        <StatePanel tenant={tenant} />
        <Panel title={t('organizations.places')} summary={t('organizations.places.summary')}>
          <Group gap="sm">
            {PLACES.map(({ to, name }) => (
              <Button
                key={to}
                variant="default"
                renderRoot={(props) => (
                  <Link to={to} search={{ organization_id: tenant.id }} {...props} />
                )}
              >
                {t(`nav.${name}`)}
              </Button>
            ))}
          </Group>
        </Panel>
        <Grid gap="md">
          <Grid.Col span={{ base: 12, md: 6 }}>
            <LimitsPanel tenant={tenant} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 6 }}>
            <Panel
              fill
              title={t('organizations.form.weight')}
              action={
                <Button
                  size="compact-sm"
                  variant="default"
                  onClick={() => {
                    setWeighing(true);
                  }}
                >
                  {t('organizations.weight.change')}
                </Button>
              }
            >
              <Text fw={600} size="xl" className="number">
                {tenant.weight}
              </Text>
              <Text size="sm" c="dimmed">
                {t('organizations.form.weight.hint')}
              </Text>
            </Panel>
          </Grid.Col>
        </Grid>
        <CreditPanel tenant={tenant} />
      </Stack>
      {weighing && (
        <WeightDialog
          tenant={tenant}
          onClose={() => {
            setWeighing(false);
          }}
        />
      )}
    </>
  );
}
