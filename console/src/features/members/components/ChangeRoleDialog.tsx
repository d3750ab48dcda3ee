import { Alert, Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Conflict } from '@/components/Conflict';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { useViewer } from '@/components/useViewer';
import { changeMember, type Member } from '@/features/members/api/members';
import { useFreshMember } from '@/features/members/components/useFreshMember';
import { givable, roleLabel } from '@/features/members/roles';
import { Problem } from '@/lib/http';

/** Another role for a member. Where somebody was faster, both roles stand side by side. */
export function ChangeRoleDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useTranslation();
  const viewer = useViewer();
  const [role, setRole] = useState(member.role);
  const [seen, setSeen] = useState(member);
  const [theirs, setTheirs] = useState<Member>();
  const [gone, setGone] = useState(false);
  const change = useMutation(changeMember);
  const fresh = useFreshMember();
  const stale = change.error instanceof Problem && change.error.status === 412;
  const roles = givable(member.project_id !== null, viewer.owns(member.organization_id));

  const save = (from: Member) => {
    change.mutate(
      { member: from, role },
      {
        onSuccess: onClose,
        onError: (error) => {
          if (!(error instanceof Problem) || error.status !== 412) return;
          void fresh(member).then((current) => {
            setTheirs(current);
            setGone(current === undefined);
          });
        },
      },
    );
  };

  return (
    <Dialog onClose={onClose} title={t('members.change.title', { name: member.email })}>
      <Stack gap="md">
        {change.error && !stale && <FormError error={change.error} />}
        {gone && <Alert color="yellow">{t('members.gone')}</Alert>}
        {theirs && (
          <Conflict
            fields={[
              {
                name: t('members.col.role'),
                yours: roleLabel(t, role),
                theirs: roleLabel(t, theirs.role),
              },
            ]}
            busy={change.isPending}
            onKeep={() => {
              setSeen(theirs);
              setTheirs(undefined);
              save(theirs);
            }}
            onTake={() => {
              setSeen(theirs);
              setRole(theirs.role);
              setTheirs(undefined);
              change.reset();
            }}
          />
        )}
        <NativeSelect
          data-autofocus
          label={t('members.col.role')}
          value={role}
          data={roles.map((value) => ({ value, label: roleLabel(t, value) }))}
          onChange={(event) => {
            setRole(event.currentTarget.value);
          }}
        />
        <Text size="sm" c="dimmed">
          {t('members.change.when')}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('form.cancel')}
          </Button>
          <Button
            disabled={role === seen.role || theirs !== undefined || gone}
            loading={change.isPending}
            onClick={() => {
              save(seen);
            }}
          >
            {t('members.change.submit', { role: roleLabel(t, role) })}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
