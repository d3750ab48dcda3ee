import { Button, Group, NativeSelect, SimpleGrid, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { LANGUAGES, PAPERS, setProfile, type Profile } from '@/features/billing/api/profile';
import { isCountry, isEmail } from '@/features/billing/checks';
import { newCommandId } from '@/lib/commands';
import { countForDrawing } from '@/lib/money';

interface ProfileDialogProps {
  organization: string;
  name: string;
  /** Null: there is none yet. */
  profile: Profile | null;
  onClose: () => void;
}

const MOST_DAYS = 365;

/** Whom the next invoices name; those that are final stay as they are. */
export function ProfileDialog({ organization, name, profile, onClose }: ProfileDialogProps) {
  const { t } = useTranslation();
  const [command] = useState(newCommandId);
  const [form, setForm] = useState({
    name: profile?.name ?? name,
    address: profile?.address ?? '',
    country: profile?.country ?? '',
    tax_number: profile?.tax_number ?? '',
    email: profile?.email ?? '',
    language: profile?.language ?? 'en',
    paper: profile?.paper ?? 'A4',
    due_days: String(profile?.due_days ?? 30),
  });
  const change = useMutation(setProfile);
  const isDue = /^\d{1,3}$/.test(form.due_days) && countForDrawing(form.due_days) <= MOST_DAYS;
  const wrong = {
    name: form.name.trim() === '' ? t('keys.form.nameMissing') : undefined,
    country:
      form.country === '' || isCountry(form.country) ? undefined : t('profile.country.wrong'),
    email: form.email === '' || isEmail(form.email) ? undefined : t('profile.email.wrong'),
    due_days: isDue ? undefined : t('profile.due.wrong'),
  };
  const isReady = Object.values(wrong).every((one) => one === undefined);
  const set = (changed: Partial<typeof form>) => {
    setForm((before) => ({ ...before, ...changed }));
  };
  const orNone = (text: string) => (text.trim() === '' ? null : text.trim());
  const submit = () => {
    if (!isReady) return;
    change.mutate(
      {
        organization,
        command,
        profile: {
          ...form,
          name: form.name.trim(),
          address: form.address.trim(),
          country: orNone(form.country),
          tax_number: orNone(form.tax_number),
          email: orNone(form.email),
          due_days: countForDrawing(form.due_days),
        },
      },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog onClose={onClose} size="lg" title={t('profile.title')}>
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
            label={t('profile.name')}
            maxLength={200}
            error={wrong.name}
            value={form.name}
            onChange={(event) => {
              set({ name: event.currentTarget.value });
            }}
          />
          <Textarea
            label={t('profile.address')}
            rows={4}
            maxLength={1000}
            value={form.address}
            onChange={(event) => {
              set({ address: event.currentTarget.value });
            }}
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              label={t('profile.country')}
              description={t('profile.country.hint')}
              maxLength={2}
              error={wrong.country}
              value={form.country}
              onChange={(event) => {
                set({ country: event.currentTarget.value.trim().toUpperCase() });
              }}
            />
            <TextInput
              label={t('profile.taxNumber')}
              description={t('profile.taxNumber.hint')}
              maxLength={50}
              value={form.tax_number}
              onChange={(event) => {
                set({ tax_number: event.currentTarget.value });
              }}
            />
          </SimpleGrid>
          <TextInput
            label={t('profile.email')}
            description={t('profile.email.hint')}
            type="email"
            maxLength={254}
            error={wrong.email}
            value={form.email}
            onChange={(event) => {
              set({ email: event.currentTarget.value.trim() });
            }}
          />
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <NativeSelect
              label={t('profile.language')}
              value={form.language}
              data={LANGUAGES.map((value) => ({ value, label: t(`profile.language.${value}`) }))}
              onChange={(event) => {
                set({ language: event.currentTarget.value === 'ko' ? 'ko' : 'en' });
              }}
            />
            <NativeSelect
              label={t('profile.paper')}
              value={form.paper}
              data={PAPERS.map((value) => ({ value, label: t(`profile.paper.${value}`) }))}
              onChange={(event) => {
                set({ paper: event.currentTarget.value === 'LETTER' ? 'LETTER' : 'A4' });
              }}
            />
            <TextInput
              label={t('profile.due.field')}
              inputMode="numeric"
              error={wrong.due_days}
              value={form.due_days}
              onChange={(event) => {
                set({ due_days: event.currentTarget.value.trim() });
              }}
            />
          </SimpleGrid>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('form.cancel')}
            </Button>
            <Button type="submit" disabled={!isReady} loading={change.isPending}>
              {t('keys.change.submit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
