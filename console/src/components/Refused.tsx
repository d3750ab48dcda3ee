import { Alert, List, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';
import { useOrganization, useViewer } from '@/components/useViewer';
import { isPermission, isRole } from '@/lib/permissions';
import { holdersQuery, matrixQuery } from '@/lib/roles';

/** What is refused, which roles give it, and who in the organization can give such a role. */
export function Refused({ permission }: { permission: string }) {
  const { t } = useTranslation();
  const viewer = useViewer();
  const organization = useOrganization();
  const matrix = useQuery({ ...matrixQuery, enabled: viewer.may('tenants_read') });
  const roles = matrix.data?.permissions.find((one) => one.permission === permission)?.roles;
  const mayAsk = organization !== undefined && viewer.may('overview_read', { organization });
  const holders = useQuery({ ...holdersQuery(organization ?? ''), enabled: mayAsk });
  const people = holders.data?.items ?? [];
  const what = isPermission(permission) ? t(`permission.${permission}`) : permission;
  return (
    <Alert role="alert" color="yellow" icon={<Icon name="lock" />} title={t('refused.title')}>
      <Text size="sm">{t('refused.needs', { what })}</Text>
      {roles !== undefined && (
        <Text size="sm" mt={4}>
          {roles.length === 0
            ? t('refused.operators')
            : t('refused.roles', {
                roles: roles.map((one) => (isRole(one) ? t(`role.${one}`) : one)).join(', '),
              })}
        </Text>
      )}
      {roles !== undefined && roles.length > 0 && people.length > 0 && (
        <>
          <Text size="sm" mt="xs">
            {t('refused.ask')}
          </Text>
          <List size="sm">
            {people.map(({ email, role }) => (
              <List.Item key={`${email} ${role}`}>
                {email} ({isRole(role) ? t(`role.${role}`) : role})
              </List.Item>
            ))}
          </List>
        </>
      )}
    </Alert>
  );
}
