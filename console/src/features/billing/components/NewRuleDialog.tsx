import { Button, Group, NativeSelect, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { LINE_KINDS, makeTaxRule } from '@/features/billing/api/taxRules';
import { isCountry, isTaxCode } from '@/features/billing/checks';
import { newCommandId } from '@/lib/commands';
import { ppmOf } from '@/lib/money';
import { organizationsQuery } from '@/lib/organizations';
import { dayOf, isDay } from '@/lib/time';

const SCOPES = ['all', 'country', 'organization'] as const;

type Scope = (typeof SCOPES)[number];

/** A tax from a day on. It never changes; only its end is set once. */
export function NewRuleDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [command] = useState(newCommandId);
  const organizations = useQuery(organizationsQuery);
  const [scope, setScope] = useState<Scope>('all');
  const [form, setForm] = useState(() => ({
    country: '',
    organization: '',
    kind: '',
    code: 'VAT',
    label: '',
    rate: '',
    from: dayOf(new Date()),
    to: '',
  }));
  const make = useMutation(makeTaxRule);
  const set = (changed: Partial<typeof form>) => {
    setForm((before) => ({ ...before, ...changed }));
  };
  const rate = ppmOf(form.rate);
  const isTo = form.to === '' || (isDay(form.to) && form.to > form.from);
  const isScope =
    scope === 'all' || (scope === 'country' ? isCountry(form.country) : form.organization !== '');
  const isReady =
    isScope &&
    isTaxCode(form.code) &&
    form.label.trim() !== '' &&
    rate !== undefined &&
    isDay(form.from) &&
    isTo;
  const submit = () => {
    if (!isReady) return;
    make.mutate(
      {
        command_id: command,
        organization_id: scope === 'organization' ? form.organization : null,
        country: scope === 'country' ? form.country : null,
        line_kind: form.kind === '' ? null : form.kind,
        code: form.code,
        label: form.label.trim(),
        rate_ppm: rate,
        from: form.from,
        to: form.to === '' ? null : form.to,
      },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog onClose={onClose} size="lg" title={t('taxRules.new')}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="md">
          {make.error && <FormError error={make.error} />}
          <Text size="sm">{t('taxRules.new.body')}</Text>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <NativeSelect
              label={t('taxRules.col.whose')}
              value={scope}
              data={SCOPES.map((value) => ({ value, label: t(`taxRules.scope.${value}`) }))}
              onChange={(event) => {
                setScope(SCOPES.find((one) => one === event.currentTarget.value) ?? 'all');
              }}
            />
            {scope === 'country' && (
              <TextInput
                label={t('profile.country')}
                maxLength={2}
                error={
                  form.country === '' || isCountry(form.country)
                    ? undefined
                    : t('profile.country.wrong')
                }
                value={form.country}
                onChange={(event) => {
                  set({ country: event.currentTarget.value.trim().toUpperCase() });
                }}
              />
            )}
            {scope === 'organization' && (
              <NativeSelect
                label={t('taxRules.scope.organization')}
                value={form.organization}
                data={[
                  { value: '', label: t('tenant.choose') },
                  ...(organizations.data?.items ?? []).map(({ id, name }) => ({
                    value: id,
                    label: name,
                  })),
                ]}
                onChange={(event) => {
                  set({ organization: event.currentTarget.value });
                }}
              />
            )}
          </SimpleGrid>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput
              data-autofocus
              label={t('taxRules.label')}
              description={t('taxRules.label.hint')}
              maxLength={100}
              value={form.label}
              onChange={(event) => {
                set({ label: event.currentTarget.value });
              }}
            />
            <TextInput
              label={t('taxRules.code')}
              description={t('taxRules.code.hint')}
              maxLength={20}
              error={isTaxCode(form.code) ? undefined : t('taxRules.code.wrong')}
              value={form.code}
              onChange={(event) => {
                set({ code: event.currentTarget.value.trim().toUpperCase() });
              }}
            />
            <TextInput
              label={t('taxRules.rate')}
              inputMode="decimal"
              error={form.rate === '' || rate !== undefined ? undefined : t('taxRules.rate.wrong')}
              value={form.rate}
              onChange={(event) => {
                set({ rate: event.currentTarget.value.trim() });
              }}
            />
            <NativeSelect
              label={t('taxRules.col.kind')}
              value={form.kind}
              data={[
                { value: '', label: t('taxRules.kind.any') },
                ...LINE_KINDS.map((value) => ({ value, label: t(`taxRules.kind.${value}`) })),
              ]}
              onChange={(event) => {
                set({ kind: event.currentTarget.value });
              }}
            />
            <TextInput
              type="date"
              label={t('taxRules.col.from')}
              value={form.from}
              onChange={(event) => {
                set({ from: event.currentTarget.value });
              }}
            />
            <TextInput
              type="date"
              label={t('taxRules.to')}
              error={isTo ? undefined : t('taxRules.to.wrong')}
              value={form.to}
              onChange={(event) => {
                set({ to: event.currentTarget.value });
              }}
            />
          </SimpleGrid>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('form.cancel')}
            </Button>
            <Button type="submit" disabled={!isReady} loading={make.isPending}>
              {t('taxRules.new')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
