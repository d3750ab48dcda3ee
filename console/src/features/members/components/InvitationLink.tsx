import { Alert, Button, Group, Stack, Textarea } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';
import type { Issued } from '@/features/members/api/invitations';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMoment } from '@/lib/time';

/** The link of an invitation, shown once. */
export function InvitationLink({ issued, onClose }: { issued: Issued; onClose: () => void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const clipboard = useClipboard({ timeout: 4000 });
  const link = `${window.location.origin}/admin/login/oidc?invitation=${issued.token}`;
  return (
    <Stack gap="md">
      <Alert color="yellow" icon={<Icon name="warning" />}>
        {t('invite.link.warning', {
          name: issued.invitation.email,
          when: formatMoment(issued.invitation.expires_at, locale),
        })}
      </Alert>
      <Group gap="sm" align="flex-end">
        <Textarea
          flex="1 1 20rem"
          readOnly
          rows={3}
          label={t('invite.link.label')}
          value={link}
          classNames={{ input: 'mono secret' }}
          onFocus={(event) => {
            event.currentTarget.select();
          }}
        />
        <Button
          data-autofocus
          aria-live="polite"
          color={clipboard.copied ? 'teal' : undefined}
          leftSection={<Icon name={clipboard.copied ? 'check' : 'copy'} size={16} />}
          onClick={() => {
            clipboard.copy(link);
          }}
        >
          {t(clipboard.copied ? 'copy.copied' : 'invite.link.copy')}
        </Button>
      </Group>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('keys.secret.done')}
        </Button>
      </Group>
    </Stack>
  );
}
