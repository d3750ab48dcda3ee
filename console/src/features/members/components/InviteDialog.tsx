import { Alert, Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { Icon } from '@/components/Icon';
import { useViewer } from '@/components/useViewer';
import { INVITATIONS, invite, type Issued } from '@/features/members/api/invitations';
import { InvitationLink } from '@/features/members/components/InvitationLink';
import { givable, roleLabel } from '@/features/members/roles';

interface InviteDialogProps {
  organization: string;
  projects: { id: string; name: string }[];
  onClose: () => void;
}

/** Asks whom, as what and where; then shows the link, once, from this state only. */
export function InviteDialog(props: InviteDialogProps) {
  const { t } = useTranslation();
  const [issued, setIssued] = useState<Issued>();
  return (
    <Dialog
      onClose={props.onClose}
      size="lg"
      title={t(issued ? 'invite.link.title' : 'members.invite')}
      closeOnClickOutside={!issued}
      closeOnEscape={!issued}
      withCloseButton={!issued}
    >
      {issued ? (
        <InvitationLink issued={issued} onClose={props.onClose} />
      ) : (
        <InviteForm {...props} onIssued={setIssued} />
      )}
    </Dialog>
  );
}

const looksLikeAddress = (text: string) => /^[^@\s]+@[^@\s]+$/.test(text);

interface InviteFormProps extends InviteDialogProps {
  onIssued: (issued: Issued) => void;
}

function InviteForm({ organization, projects, onClose, onIssued }: InviteFormProps) {
  const { t } = useTranslation();
  const viewer = useViewer();
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [project, setProject] = useState('');
  const [role, setRole] = useState<string>('developer');
  const [error, setError] = useState<Error>();
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState(false);
  const roles = givable(project !== '', viewer.owns(organization));
  const wrong = !looksLikeAddress(email.trim());

  async function submit() {
    setChecked(true);
    if (wrong) return;
    setBusy(true);
    setError(undefined);
    try {
      onIssued(
        await invite({
          organization_id: organization,
          ...(project === '' ? {} : { project_id: project }),
          email: email.trim(),
          role,
        }),
      );
      void client.invalidateQueries({ queryKey: INVITATIONS });
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
      setBusy(false);
    }
  }

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack gap="md">
        {error && <FormError error={error} />}
        {!viewer.oidc && (
          <Alert color="yellow" icon={<Icon name="warning" />}>
            {t('invite.noProvider')}
          </Alert>
        )}
        <TextInput
          data-autofocus
          label={t('invite.email')}
          description={t('invite.email.hint')}
          type="email"
          error={checked && wrong ? t('invite.email.wrong') : undefined}
          value={email}
          onChange={(event) => {
            setEmail(event.currentTarget.value);
          }}
        />
        <NativeSelect
          label={t('members.col.where')}
          value={project}
          data={[
            { value: '', label: t('members.whole') },
            ...projects.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            setProject(chosen);
            if (!givable(chosen !== '', true).some((one) => one === role)) setRole('viewer');
          }}
        />
        <NativeSelect
          label={t('members.col.role')}
          value={role}
          data={roles.map((value) => ({ value, label: roleLabel(t, value) }))}
          onChange={(event) => {
            setRole(event.currentTarget.value);
          }}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('form.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('invite.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
