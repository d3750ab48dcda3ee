import { Button, NativeSelect, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import classes from '@/app/Tenant.module.css';
import { Icon } from '@/components/Icon';
import { useOrganization, useViewer } from '@/components/useViewer';
import { organizationsQuery } from '@/lib/organizations';

/** All organizations that the viewer knows, and the way from one to another, in the URL. */
function useOrganizations() {
  const viewer = useViewer();
  const navigate = useNavigate();
  const query = useQuery({ ...organizationsQuery, enabled: viewer.may('tenants_read') });
  const open = (organization: string | undefined) => {
    void navigate({ to: '/', search: { organization_id: organization } });
  };
  return { organizations: query.data?.items ?? [], open };
}

/** Chooses whose numbers are shown; absent where there is one organization only. */
export function OrganizationSwitch() {
  const { t } = useTranslation();
  const viewer = useViewer();
  const organization = useOrganization();
  const { organizations, open } = useOrganizations();
  if (!viewer.operator && viewer.organizations.length < 2) return null;
  return (
    <NativeSelect
      size="xs"
      className={classes.switch}
      label={t('tenant.label')}
      value={organization ?? ''}
      data={[
        ...(viewer.operator ? [{ value: '', label: t('tenant.all') }] : []),
        ...organizations.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      onChange={(event) => {
        open(event.currentTarget.value === '' ? undefined : event.currentTarget.value);
      }}
    />
  );
}

/** Says to whoever looks into a suspended organization what that means, and why it is. */
export function SuspendedNotice() {
  const { t } = useTranslation();
  const organization = useOrganization();
  const { organizations } = useOrganizations();
  const reason = organizations.find(({ id }) => id === organization)?.suspended_because;
  if (reason === undefined || reason === null) return null;
  return (
    <div className={classes.suspended} role="status">
      <Icon name="warning" size={18} />
      <div>
        <Text size="sm" fw={600}>
          {t('tenant.suspended', { reason })}
        </Text>
        <Text size="sm">{t('tenant.suspended.body')}</Text>
      </div>
    </div>
  );
}

/** Marks that the operator looks into somebody else's organization, by name and by colour. */
export function TenantFrame({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const viewer = useViewer();
  const organization = useOrganization();
  const { organizations, open } = useOrganizations();
  const isForeign =
    viewer.operator && organization !== undefined && !viewer.organizations.includes(organization);
  if (!isForeign) return children;
  const name = organizations.find(({ id }) => id === organization)?.name ?? organization;
  return (
    <div className={classes.frame}>
      <div className={classes.banner} role="region" aria-label={t('tenant.frame')}>
        <Icon name="warning" size={16} />
        <Text size="sm" fw={600}>
          {t('tenant.inside', { name })}
        </Text>
        <Button
          size="compact-xs"
          variant="default"
          onClick={() => {
            open(undefined);
          }}
        >
          {t('tenant.leave')}
        </Button>
      </div>
      {children}
    </div>
  );
}
