import { Alert, Button, Group, List, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { resume, suspend, type Tenant } from '@/features/organizations/api/organizations';
import { Problem } from '@/lib/http';

interface StateDialogProps {
  tenant: Tenant;
  onClose: () => void;
}

const EFFECTS = ['new', 'running', 'batches', 'reading'] as const;

/** Says what a suspension does, and asks why; the organization's people read the answer. */
export function SuspendDialog({ tenant, onClose }: StateDialogProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const change = useMutation(suspend);
  return (
    <Dialog onClose={onClose} title={t('organizations.suspend.title', { name: tenant.name })}>
      <Order
        error={change.error}
        busy={change.isPending}
        submit={t('organizations.suspend.named', { name: tenant.name })}
        color="red.9"
        disabled={reason.trim() === ''}
        onClose={onClose}
        onSubmit={() => {
          change.mutate({ tenant, reason: reason.trim() }, { onSuccess: onClose });
        }}
      >
        <List size="sm">
          {EFFECTS.map((effect) => (
            <List.Item key={effect}>{t(`organizations.suspend.${effect}`)}</List.Item>
          ))}
        </List>
        <TextInput
          data-autofocus
          label={t('organizations.suspend.reason')}
          description={t('organizations.suspend.reason.hint')}
          maxLength={200}
          required
          value={reason}
          onChange={(event) => {
            setReason(event.currentTarget.value);
          }}
        />
      </Order>
    </Dialog>
  );
}

/** Says what the end of a suspension does. */
export function ResumeDialog({ tenant, onClose }: StateDialogProps) {
  const { t } = useTranslation();
  const change = useMutation(resume);
  return (
    <Dialog onClose={onClose} title={t('organizations.resume.title', { name: tenant.name })}>
      <Order
        error={change.error}
        busy={change.isPending}
        submit={t('organizations.resume.named', { name: tenant.name })}
        onClose={onClose}
        onSubmit={() => {
          change.mutate(tenant, { onSuccess: onClose });
        }}
      >
        <Text size="sm">{t('organizations.resume.body')}</Text>
      </Order>
    </Dialog>
  );
}

interface OrderProps {
  error: Error | null;
  busy: boolean;
  submit: string;
  color?: string;
  disabled?: boolean;
  onClose: () => void;
  onSubmit: () => void;
  children: ReactNode;
}

/** Where somebody was faster, the list is read again: the button is about what it is now. */
function Order({ error, busy, submit, color, disabled, onClose, onSubmit, children }: OrderProps) {
  const { t } = useTranslation();
  const stale = error instanceof Problem && error.status === 412;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (disabled !== true) onSubmit();
      }}
    >
      <Stack gap="md">
        {stale && <Alert color="yellow">{t('organizations.stale')}</Alert>}
        {error && !stale && <FormError error={error} />}
        {children}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('form.cancel')}
          </Button>
          <Button
            type="submit"
            loading={busy}
            disabled={disabled ?? false}
            {...(color && { color })}
          >
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
