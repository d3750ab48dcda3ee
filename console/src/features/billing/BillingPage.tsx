import { Button, Stack } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { CreditPanel } from '@/components/CreditPanel';
import { EmptyState } from '@/components/EmptyState';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { useOrganizationName } from '@/components/useOrganizationName';
import { useOrganization, useViewer } from '@/components/useViewer';
import { ProfilePanel } from '@/features/billing/components/ProfilePanel';

/** Who is billed, how invoices reach them, and what credit is left. */
export function BillingPage() {
  const { t } = useTranslation();
  const viewer = useViewer();
  const organization = useOrganization();
  const nameOf = useOrganizationName();
  return (
    <>
      <PageHeader title={t('nav.billing')} lead={t('billing.lead')}>
        {viewer.may('site') && (
          <Button variant="default" renderRoot={(props) => <Link to="/tax-rules" {...props} />}>
            {t('taxRules.title')}
          </Button>
        )}
      </PageHeader>
      {organization === undefined ? (
        <Panel>
          <EmptyState title={t('tenant.choose')} body={t('billing.choose')} />
        </Panel>
      ) : (
        <Stack gap="md" key={organization}>
          <ProfilePanel organization={organization} name={nameOf(organization)} />
          {viewer.may('credit_read', { organization }) && (
            <CreditPanel tenant={{ id: organization, name: nameOf(organization) }} />
          )}
        </Stack>
      )}
    </>
  );
}
