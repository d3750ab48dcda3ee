import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { closeTaxRule, type TaxRule } from '@/features/billing/api/taxRules';
import { newCommandId } from '@/lib/commands';
import { isDay } from '@/lib/time';

/** The first day without a rule; it cannot be moved afterwards. */
export function CloseRuleDialog({ rule, onClose }: { rule: TaxRule; onClose: () => void }) {
  const { t } = useTranslation();
  const [command] = useState(newCommandId);
  const [to, setTo] = useState('');
  const close = useMutation(closeTaxRule);
  const isReady = isDay(to) && to > rule.from;
  return (
    <Dialog onClose={onClose} title={t('taxRules.end.title', { label: rule.label })}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) close.mutate({ id: rule.tax_rule_id, command, to }, { onSuccess: onClose });
        }}
      >
        <Stack gap="md">
          {close.error && <FormError error={close.error} />}
          <Text size="sm">{t('taxRules.end.body')}</Text>
          <TextInput
            data-autofocus
            type="date"
            label={t('taxRules.end.to')}
            error={to === '' || isReady ? undefined : t('taxRules.to.wrong')}
            value={to}
            onChange={(event) => {
              setTo(event.currentTarget.value);
            }}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('form.cancel')}
            </Button>
            <Button type="submit" color="red.9" disabled={!isReady} loading={close.isPending}>
              {t('taxRules.end.submit', { label: rule.label })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
