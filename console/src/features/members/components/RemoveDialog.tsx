import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { useViewer } from '@/components/useViewer';
import { removeMember, type Member } from '@/features/members/api/members';
import { useFreshMember } from '@/features/members/components/useFreshMember';
import { roleLabel } from '@/features/members/roles';
import { Problem } from '@/lib/http';

interface RemoveDialogProps {
  member: Member;
  projectName: (id: string) => string;
  onClose: () => void;
}

/** Names whom it takes which role; one's own has no way back, so the address is typed. */
export function RemoveDialog({ member: asked, projectName, onClose }: RemoveDialogProps) {
  const { t } = useTranslation();
  const viewer = useViewer();
  const fresh = useFreshMember();
  const [member, setMember] = useState(asked);
  const [gone, setGone] = useState(false);
  const [typed, setTyped] = useState('');
  const remove = useMutation(removeMember);
  const stale = remove.error instanceof Problem && remove.error.status === 412;
  const isSelf = member.email === viewer.email;
  return (
    <Dialog onClose={onClose} title={t('members.remove.title', { name: member.email })}>
      <Stack gap="md">
        {stale && !gone && <Alert color="yellow">{t('members.stale')}</Alert>}
        {gone && <Alert color="yellow">{t('members.gone')}</Alert>}
        {remove.error && !stale && <FormError error={remove.error} />}
        <Text size="sm">
          {t('members.remove.body', {
            name: member.email,
            role: roleLabel(t, member.role),
            where: member.project_id === null ? t('members.whole') : projectName(member.project_id),
          })}
        </Text>
        {isSelf && (
          <TextInput
            data-autofocus
            label={t('members.remove.self', { name: member.email })}
            value={typed}
            onChange={(event) => {
              setTyped(event.currentTarget.value.trim());
            }}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus={isSelf ? undefined : true}>
            {t('form.cancel')}
          </Button>
          <Button
            color="red.9"
            loading={remove.isPending}
            disabled={gone || (isSelf && typed !== member.email)}
            onClick={() => {
              remove.mutate(member, {
                onSuccess: onClose,
                onError: (error) => {
                  if (!(error instanceof Problem) || error.status !== 412) return;
                  void fresh(member).then((current) => {
                    if (current) setMember(current);
                    setGone(current === undefined);
                  });
                },
              });
            }}
          >
            {t('members.remove.named', { name: member.email })}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
