import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { remove } from '@/features/upstreams/api/changes';
import type { Upstream } from '@/features/upstreams/api/upstreams';
import { Problem } from '@/lib/http';

interface RemoveDialogProps {
  upstream: Upstream;
  onClose: () => void;
  onRemoved: () => void;
}

/** Its key goes with it and cannot be had back, so its name is typed. */
export function RemoveDialog({ upstream, onClose, onRemoved }: RemoveDialogProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const change = useMutation(remove);
  const stale = change.error instanceof Problem && change.error.status === 412;
  return (
    <Dialog onClose={onClose} title={t('upstreams.remove.title', { name: upstream.name })}>
      <Stack gap="md">
        {stale && <Alert color="yellow">{t('upstreams.stale')}</Alert>}
        {change.error && !stale && <FormError error={change.error} />}
        <Text size="sm">{t('upstreams.remove.body')}</Text>
        <TextInput
          data-autofocus
          label={t('storing.type', { name: upstream.name })}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
          }}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('form.cancel')}
          </Button>
          <Button
            color="red.9"
            loading={change.isPending}
            disabled={typed.trim() !== upstream.name}
            onClick={() => {
              change.mutate(upstream, { onSuccess: onRemoved });
            }}
          >
            {t('upstreams.remove.submit', { name: upstream.name })}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
