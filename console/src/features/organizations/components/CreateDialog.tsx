import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { createTenant } from '@/features/organizations/api/organizations';
import { WeightField } from '@/features/organizations/components/WeightField';
import { isWeight, weightOf } from '@/features/organizations/weight';

/** A new organization; then its page. */
export function CreateDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [weight, setWeight] = useState('1');
  const [checked, setChecked] = useState(false);
  const create = useMutation(createTenant);
  const missing = name.trim() === '';
  const submit = () => {
    setChecked(true);
    if (missing || !isWeight(weight)) return;
    create.mutate(
      { name: name.trim(), weight: weightOf(weight) },
      {
        onSuccess: ({ id }) => void navigate({ to: '/organizations/$id', params: { id } }),
      },
    );
  };
  return (
    <Dialog onClose={onClose} title={t('organizations.create')}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="md">
          {create.error && <FormError error={create.error} />}
          <TextInput
            data-autofocus
            label={t('organizations.form.name')}
            maxLength={100}
            error={checked && missing ? t('keys.form.nameMissing') : undefined}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value);
            }}
          />
          <WeightField value={weight} onChange={setWeight} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('form.cancel')}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {t('organizations.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
