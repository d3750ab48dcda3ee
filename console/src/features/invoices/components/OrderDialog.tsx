import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import type { Invoice } from '@/features/invoices/api/invoices';
import { orderInvoice, type Order } from '@/features/invoices/api/orders';
import { newCommandId } from '@/lib/commands';

interface OrderDialogProps {
  invoice: Invoice;
  what: Order['what'];
  blocker?: string;
  /** Of a credit note; undefined while something is missing. */
  lines?: Order['lines'] | undefined;
  ready?: boolean;
  /** What has to be typed where there is no way back. */
  typed?: string | undefined;
  onClose: () => void;
  onDone?: (answer: Invoice) => void;
  /** What the order does. */
  children: ReactNode;
}

const COLOR = { finalize: undefined, void: 'red.9', waivers: undefined, 'credit-notes': undefined };

/** Says what an order does, asks why it is given, and gives it once. */
export function OrderDialog(props: OrderDialogProps) {
  const { invoice, what, blocker, lines, ready = true, typed, onClose, onDone, children } = props;
  const { t } = useTranslation();
  const [command] = useState(newCommandId);
  const [reason, setReason] = useState('');
  const [repeated, setRepeated] = useState('');
  const order = useMutation(orderInvoice);
  const name = invoice.number ?? t('invoices.unnumbered', { id: invoice.invoice_id });
  const isReady =
    ready && reason.trim() !== '' && (typed === undefined || repeated.trim() === typed);
  const submit = () => {
    if (!isReady) return;
    order.mutate(
      {
        invoice: invoice.invoice_id,
        what,
        command,
        reason: reason.trim(),
        ...(blocker === undefined ? {} : { blocker }),
        ...(lines === undefined ? {} : { lines }),
      },
      {
        onSuccess: (answer) => {
          onDone?.(answer);
          onClose();
        },
      },
    );
  };
  return (
    <Dialog onClose={onClose} size="lg" title={t(`order.${what}.title`, { name })}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Stack gap="md">
          {order.error && <FormError error={order.error} />}
          {children}
          <TextInput
            data-autofocus
            label={t('order.reason')}
            description={t('order.reason.hint')}
            maxLength={500}
            value={reason}
            onChange={(event) => {
              setReason(event.currentTarget.value);
            }}
          />
          {typed !== undefined && (
            <TextInput
              label={t('storing.type', { name: typed })}
              value={repeated}
              onChange={(event) => {
                setRepeated(event.currentTarget.value);
              }}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('form.cancel')}
            </Button>
            <Button type="submit" color={COLOR[what]} disabled={!isReady} loading={order.isPending}>
              {t(`order.${what}.submit`, { name })}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
