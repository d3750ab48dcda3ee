import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Tenant } from '@/features/organizations/api/organizations';

/** Whether it may begin anything. */
export function StateBadge({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation();
  return tenant.suspended_at === null ? (
    <Badge color="teal">{t('organizations.state.active')}</Badge>
  ) : (
    <Badge color="red">{t('organizations.state.suspended')}</Badge>
  );
}
