import { Alert, Button, Group, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { Icon } from '@/components/Icon';
import { newCommandId } from '@/lib/commands';
import { setTerms, type Credit, type Mode } from '@/lib/credit';
import { fromPico, isExactAmount, picoOf } from '@/lib/money';

interface TermsDialogProps {
  tenant: { id: string; name: string };
  credit: Credit;
  onClose: () => void;
}

/** Whether it pays ahead or later, and how much it may owe. */
export function TermsDialog({ tenant, credit, onClose }: TermsDialogProps) {
  const { t } = useTranslation();
  const [command] = useState(newCommandId);
  const [mode, setMode] = useState<Mode>(credit.mode);
  const [limit, setLimit] = useState<string>(fromPico(BigInt(credit.credit_limit)));
  const change = useMutation(setTerms);
  const valid = isExactAmount(limit);
  const submit = () => {
    if (!valid) return;
    change.mutate(
      { organization: tenant.id, command, mode, limit: picoOf(limit) },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog onClose={onClose} size="lg" title={t('credit.change.title', { name: tenant.name })}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="md">
          {change.error && <FormError error={change.error} />}
          <Radio.Group
            label={t('credit.mode')}
            value={mode}
            onChange={(value) => {
              setMode(value === 'PREPAID' ? 'PREPAID' : 'POSTPAID');
            }}
          >
            <Stack gap="xs" mt="xs">
              <Radio
                value="PREPAID"
                label={t('credit.mode.PREPAID')}
                description={t('credit.mode.PREPAID.body')}
              />
              <Radio
                value="POSTPAID"
                label={t('credit.mode.POSTPAID')}
                description={t('credit.mode.POSTPAID.body')}
              />
            </Stack>
          </Radio.Group>
          <TextInput
            label={t('credit.limit.in', { currency: credit.currency })}
            inputMode="decimal"
            error={valid ? undefined : t('credit.limit.wrong')}
            value={limit}
            onChange={(event) => {
              setLimit(event.currentTarget.value.trim());
            }}
          />
          {valid && BigInt(picoOf(limit)) < BigInt(credit.credit_limit) && (
            <Alert color="yellow" icon={<Icon name="warning" />} role="status">
              {t('credit.change.lower')}
            </Alert>
          )}
          <Text size="sm" c="dimmed">
            {t('credit.change.when')}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('form.cancel')}
            </Button>
            <Button type="submit" disabled={!valid} loading={change.isPending}>
              {t('keys.change.submit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
