import { Alert, Button, List, NativeSelect, Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';
import { Money } from '@/components/Money';
import { useViewer } from '@/components/useViewer';
import { invoicePath, type Invoice } from '@/features/invoices/api/invoices';
import { previewQuery } from '@/features/invoices/api/orders';
import { isBlocking } from '@/features/invoices/blockers';
import { CreditNoteDialog } from '@/features/invoices/components/CreditNoteDialog';
import { OrderDialog } from '@/features/invoices/components/OrderDialog';
import { isZero } from '@/lib/money';

const DOCUMENTS = [
  { value: '', label: 'invoice.pdf.usual' },
  { value: 'language=en&paper=a4', label: 'invoice.pdf.en.a4' },
  { value: 'language=en&paper=letter', label: 'invoice.pdf.en.letter' },
  { value: 'language=ko&paper=a4', label: 'invoice.pdf.ko.a4' },
  { value: 'language=ko&paper=letter', label: 'invoice.pdf.ko.letter' },
] as const;

/** Downloads for whoever reads it; finalizing, voiding and crediting for operators. */
export function Actions({ invoice }: { invoice: Invoice }) {
  const { t } = useTranslation();
  const viewer = useViewer();
  const navigate = useNavigate();
  const [form, setForm] = useState('');
  const [dialog, setDialog] = useState<'finalize' | 'void' | 'credit'>();
  const close = () => {
    setDialog(undefined);
  };
  const path = invoicePath(invoice.invoice_id);
  const isStanding = invoice.kind === 'INVOICE' && invoice.status === 'finalized';
  const file = invoice.number ?? `draft-${invoice.invoice_id}`;
  return (
    <>
      <NativeSelect
        aria-label={t('invoice.pdf.form')}
        value={form}
        data={DOCUMENTS.map(({ value, label }) => ({ value, label: t(label) }))}
        onChange={(event) => {
          setForm(event.currentTarget.value);
        }}
      />
      <Button
        component="a"
        variant="default"
        href={`${path}/pdf${form === '' ? '' : `?${form}`}`}
        download={`${file}.pdf`}
      >
        {t('invoice.pdf')}
      </Button>
      <Button component="a" variant="default" href={path} download={`${file}.json`}>
        {t('invoice.json')}
      </Button>
      {viewer.may('site') && invoice.status === 'draft' && invoice.kind === 'INVOICE' && (
        <Button
          onClick={() => {
            setDialog('finalize');
          }}
        >
          {t('order.finalize')}
        </Button>
      )}
      {viewer.may('site') && isStanding && (
        <>
          <Button
            variant="default"
            onClick={() => {
              setDialog('credit');
            }}
          >
            {t('order.credit-notes')}
          </Button>
          <Button
            variant="light"
            color="red"
            disabled={!isZero(invoice.paid)}
            title={isZero(invoice.paid) ? undefined : t('order.void.paid')}
            onClick={() => {
              setDialog('void');
            }}
          >
            {t('order.void')}
          </Button>
        </>
      )}
      {dialog === 'finalize' && <FinalizeDialog invoice={invoice} onClose={close} />}
      {dialog === 'void' && <VoidDialog invoice={invoice} onClose={close} />}
      {dialog === 'credit' && (
        <CreditNoteDialog
          invoice={invoice}
          onClose={close}
          onDone={(note) => void navigate({ to: '/invoices/$id', params: { id: note.invoice_id } })}
        />
      )}
    </>
  );
}

interface DialogProps {
  invoice: Invoice;
  onClose: () => void;
}

/** What blocks it, what it would be by a dry run, and what cannot be undone. */
function FinalizeDialog({ invoice, onClose }: DialogProps) {
  const { t } = useTranslation();
  const blocking = invoice.blockers.filter(isBlocking);
  const preview = useQuery({
    ...previewQuery(invoice.invoice_id),
    enabled: blocking.length === 0,
  });
  return (
    <OrderDialog
      invoice={invoice}
      what="finalize"
      ready={blocking.length === 0 && preview.isSuccess}
      onClose={onClose}
    >
      {blocking.length > 0 && (
        <Alert color="red" icon={<Icon name="warning" />} title={t('order.finalize.blocked')}>
          <List size="sm">
            {blocking.map(({ code, what }) => (
              <List.Item key={code}>{what}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      {blocking.length === 0 && preview.isPending && <Skeleton height={40} />}
      {preview.error && (
        <Alert role="alert" color="red" icon={<Icon name="warning" />}>
          {preview.error.message}
        </Alert>
      )}
      {preview.data && (
        <Text size="sm" role="status">
          {t('order.finalize.preview', { number: preview.data.number ?? '' })}{' '}
          <strong>
            <Money amount={preview.data.total} currency={preview.data.currency} />
          </strong>
        </Text>
      )}
      <List size="sm">
        <List.Item>{t('order.finalize.number')}</List.Item>
        <List.Item>{t('order.finalize.ledger')}</List.Item>
        <List.Item>{t('order.finalize.immutable')}</List.Item>
        <List.Item>{t('order.finalize.sent')}</List.Item>
      </List>
    </OrderDialog>
  );
}

function VoidDialog({ invoice, onClose }: DialogProps) {
  const { t } = useTranslation();
  return (
    <OrderDialog
      invoice={invoice}
      what="void"
      typed={invoice.number ?? undefined}
      onClose={onClose}
    >
      <List size="sm">
        <List.Item>{t('order.void.number')}</List.Item>
        <List.Item>{t('order.void.due')}</List.Item>
        <List.Item>{t('order.void.told')}</List.Item>
      </List>
    </OrderDialog>
  );
}
