import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { newCommandId } from '@/lib/commands';
import { orderMoney, type Credit, type MoneyKind } from '@/lib/credit';
import { formatPico, isExactAmount, isZero, picoOf } from '@/lib/money';
import { isDay, nextDay } from '@/lib/time';

interface MoneyDialogProps {
  tenant: { id: string; name: string };
  what: MoneyKind;
  credit: Credit;
  onClose: () => void;
}

/** Books money that came or is given: first what it would do, then, confirmed, once. */
export function MoneyDialog({ tenant, what, credit, onClose }: MoneyDialogProps) {
  const { t } = useTranslation();
  const [command] = useState(newCommandId);
  const [amount, setAmount] = useState('');
  const [lastDay, setLastDay] = useState('');
  const preview = useMutation(orderMoney);
  const order = useMutation(orderMoney);
  const { currency } = credit;
  const isAmount = isExactAmount(amount) && !isZero(amount);
  const isReady = isAmount && (lastDay === '' || isDay(lastDay));
  const error = order.error ?? preview.error;
  const changed = (change: () => void) => {
    change();
    preview.reset();
    order.reset();
  };
  const submit = () => {
    if (!isReady) return;
    const given = {
      organization: tenant.id,
      what,
      command,
      amount: picoOf(amount),
      ...(lastDay === '' ? {} : { expires_at: `${nextDay(lastDay)}T00:00:00Z` }),
    };
    if (preview.data) order.mutate({ ...given, dry: false }, { onSuccess: onClose });
    else preview.mutate({ ...given, dry: true });
  };
  return (
    <Dialog onClose={onClose} size="lg" title={t(`credit.${what}.title`, { name: tenant.name })}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="md">
          {error && <FormError error={error} />}
          <Text size="sm">{t(`credit.${what}.body`)}</Text>
          <TextInput
            data-autofocus
            label={t('credit.amount', { currency })}
            inputMode="decimal"
            error={amount === '' || isAmount ? undefined : t('credit.limit.wrong')}
            value={amount}
            onChange={(event) => {
              const typed = event.currentTarget.value.trim();
              changed(() => {
                setAmount(typed);
              });
            }}
          />
          {what !== 'payments' && (
            <TextInput
              type="date"
              label={t('credit.lastDay')}
              description={t('credit.lastDay.hint')}
              value={lastDay}
              onChange={(event) => {
                const typed = event.currentTarget.value;
                changed(() => {
                  setLastDay(typed);
                });
              }}
            />
          )}
          {preview.data && (
            <Alert color="blue" role="status">
              {t('credit.effect', {
                before: formatPico(credit.limit),
                after: formatPico(preview.data.limit),
                currency,
              })}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('form.cancel')}
            </Button>
            <Button
              type="submit"
              disabled={!isReady}
              loading={preview.isPending || order.isPending}
            >
              {preview.data
                ? t(`credit.${what}.submit`, { amount: formatPico(picoOf(amount)), currency })
                : t('credit.check')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
