import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Moment } from '@/components/Moment';
import { Panel } from '@/components/Panel';
import type { Tenant } from '@/features/organizations/api/organizations';
import { StateBadge } from '@/features/organizations/components/StateBadge';
import { ResumeDialog, SuspendDialog } from '@/features/organizations/components/StateDialogs';

/** Whether it is suspended, since when and why, and the way there and back. */
export function StatePanel({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation();
  // Which of them, not whether: the state has changed by the time a dialog closes.
  const [asking, setAsking] = useState<'suspend' | 'resume'>();
  const suspended = tenant.suspended_at !== null;
  const close = () => {
    setAsking(undefined);
  };
  return (
    <>
      <Panel
        title={t('organizations.state')}
        action={
          <Button
            size="compact-sm"
            variant={suspended ? 'filled' : 'default'}
            onClick={() => {
              setAsking(suspended ? 'resume' : 'suspend');
            }}
          >
            {t(suspended ? 'organizations.resume' : 'organizations.suspend')}
          </Button>
        }
      >
        <Stack gap="xs">
          <Group gap="sm">
            <StateBadge tenant={tenant} />
            {tenant.suspended_at !== null && (
              <Text size="sm">
                {t('organizations.state.since')} <Moment at={tenant.suspended_at} />
              </Text>
            )}
          </Group>
          {tenant.suspended_because !== null && (
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {t('organizations.state.because', { reason: tenant.suspended_because })}
            </Text>
          )}
          <Text size="sm" c="dimmed">
            {t(suspended ? 'organizations.state.stopped' : 'organizations.state.open')}
          </Text>
        </Stack>
      </Panel>
      {asking === 'suspend' && <SuspendDialog tenant={tenant} onClose={close} />}
      {asking === 'resume' && <ResumeDialog tenant={tenant} onClose={close} />}
    </>
  );
}
