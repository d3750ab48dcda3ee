import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { changeKey } from '@/features/keys/api/changeKey';
import type { ApiKey } from '@/features/keys/api/keys';
import { FormError } from '@/components/FormError';
import { RightsFields } from '@/features/keys/components/RightsFields';
import { formOf, rightsOf } from '@/features/keys/rights';

/** Changes what a key may do; its expiry and its secret stay. */
export function ChangeKeyDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState(apiKey.name);
  const [rights, setRights] = useState(formOf(apiKey));
  const change = useMutation(changeKey);
  const missing = name.trim() === '';

  const submit = () => {
    if (missing || rights.scopes.length === 0) return;
    const terms = { name: name.trim(), expires_at: apiKey.expires_at, ...rightsOf(rights) };
    change.mutate({ key: apiKey, terms }, { onSuccess: onClose });
  };

  return (
    <Dialog onClose={onClose} size="xl" title={t('keys.change.title', { name: apiKey.name })}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="md">
          {change.error && <FormError error={change.error} />}
          <TextInput
            data-autofocus
            label={t('keys.form.name')}
            maxLength={100}
            error={missing ? t('keys.form.nameMissing') : undefined}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value);
            }}
          />
          <RightsFields value={rights} onChange={setRights} />
          <Text size="sm" c="dimmed">
            {t('keys.change.when')}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('form.cancel')}
            </Button>
            <Button type="submit" loading={change.isPending}>
              {t('keys.change.submit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
