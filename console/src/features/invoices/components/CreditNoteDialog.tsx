import { List, Radio, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Invoice, InvoiceLine } from '@/features/invoices/api/invoices';
import { OrderDialog } from '@/features/invoices/components/OrderDialog';
import { useLineName } from '@/features/invoices/lineName';
import { compareUsd, formatAmount, isAmountLike, isZero, minorOf } from '@/lib/money';

interface CreditNoteDialogProps {
  invoice: Invoice;
  onClose: () => void;
  onDone: (note: Invoice) => void;
}

/** Gives back all that is left of an invoice, or parts of its lines. */
export function CreditNoteDialog({ invoice, onClose, onDone }: CreditNoteDialogProps) {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(true);
  const [amounts, setAmounts] = useState<Record<number, string>>({});
  const lineName = useLineName();
  const lines = invoice.lines.filter(
    ({ kind, amount }) => kind !== 'TAX' && compareUsd(amount, '0') > 0,
  );
  const isGood = (line: InvoiceLine) => {
    const typed = amounts[line.line_no] ?? '';
    return (
      typed === '' || (isAmountLike(typed, line.amount) && compareUsd(typed, line.amount) <= 0)
    );
  };
  const given = lines.filter(({ line_no: number }) => {
    const typed = amounts[number] ?? '';
    return isAmountLike(typed, invoice.net) && !isZero(typed);
  });
  return (
    <OrderDialog
      invoice={invoice}
      what="credit-notes"
      lines={
        whole
          ? []
          : given.map(({ line_no: number, amount }) => ({
              line_no: number,
              amount_minor: minorOf(amounts[number] ?? '0', amount),
            }))
      }
      ready={whole || (given.length > 0 && lines.every(isGood))}
      onClose={onClose}
      onDone={onDone}
    >
      <List size="sm">
        <List.Item>{t('order.credit-notes.tax')}</List.Item>
        <List.Item>{t('order.credit-notes.most')}</List.Item>
        <List.Item>{t('order.credit-notes.immutable')}</List.Item>
      </List>
      <Radio.Group
        label={t('order.credit-notes.what')}
        value={whole ? 'all' : 'parts'}
        onChange={(value) => {
          setWhole(value === 'all');
        }}
      >
        <Stack gap="xs" mt="xs">
          <Radio value="all" label={t('order.credit-notes.all')} />
          <Radio value="parts" label={t('order.credit-notes.parts')} />
        </Stack>
      </Radio.Group>
      {!whole &&
        lines.map((line) => (
          <TextInput
            key={line.line_no}
            label={t('order.credit-notes.line', {
              number: line.line_no,
              name: lineName(line, invoice),
            })}
            description={t('order.credit-notes.upTo', {
              amount: formatAmount(line.amount),
              currency: invoice.currency,
            })}
            inputMode="decimal"
            error={isGood(line) ? undefined : t('order.credit-notes.wrong')}
            value={amounts[line.line_no] ?? ''}
            onChange={(event) => {
              setAmounts({ ...amounts, [line.line_no]: event.currentTarget.value.trim() });
            }}
          />
        ))}
    </OrderDialog>
  );
}
