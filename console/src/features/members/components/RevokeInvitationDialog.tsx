import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { revokeInvitation, type Invitation } from '@/features/members/api/invitations';

interface RevokeInvitationDialogProps {
  invitation: Invitation;
  onClose: () => void;
}

/** Names whose link ends. */
export function RevokeInvitationDialog({ invitation, onClose }: RevokeInvitationDialogProps) {
  const { t } = useTranslation();
  const revoke = useMutation(revokeInvitation);
  return (
    <Dialog onClose={onClose} title={t('invitations.revoke.title', { name: invitation.email })}>
      <Stack gap="md">
        {revoke.error && <FormError error={revoke.error} />}
        <Text size="sm">{t('invitations.revoke.body')}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('form.cancel')}
          </Button>
          <Button
            color="red.9"
            loading={revoke.isPending}
            onClick={() => {
              revoke.mutate(invitation, { onSuccess: onClose });
            }}
          >
            {t('invitations.revoke.named', { name: invitation.email })}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
