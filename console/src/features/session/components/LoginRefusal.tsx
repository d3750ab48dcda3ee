import { Alert, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';

/** What the server sends a browser back with when it lets nobody in. */
const REASONS = [
  'not_invited',
  'invitation_not_good',
  'address_taken',
  'address_not_verified',
  'disabled',
  'too_many_attempts',
  'auth_unavailable',
  'not_authenticated',
] as const;

type Reason = (typeof REASONS)[number];

const isReason = (text: string): text is Reason => REASONS.some((known) => known === text);

interface LoginRefusalProps {
  reason: string;
  requestId: string | undefined;
}

/** Why the way over the identity provider ended here, and what to do. */
export function LoginRefusal({ reason, requestId }: LoginRefusalProps) {
  const { t } = useTranslation();
  return (
    <Alert role="alert" color="red" icon={<Icon name="warning" />} title={t('login.refused.title')}>
      <Text size="sm">
        {isReason(reason)
          ? t(`login.refused.${reason}`)
          : t('login.refused.other', { code: reason })}
      </Text>
      {requestId !== undefined && (
        <Text size="xs" mt={6}>
          {t('panel.requestId')}: <code>{requestId}</code>
        </Text>
      )}
    </Alert>
  );
}
