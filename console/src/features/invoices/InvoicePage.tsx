import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Back } from '@/components/Back';
import { EmptyState } from '@/components/EmptyState';
import { Lines } from '@/components/Lines';
import { PageHeader } from '@/components/PageHeader';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { useViewer } from '@/components/useViewer';
import { invoiceQuery, isGone, type Invoice } from '@/features/invoices/api/invoices';
import { Actions } from '@/features/invoices/components/Actions';
import { BlockerPanel } from '@/features/invoices/components/BlockerPanel';
import { CreditNotePanel } from '@/features/invoices/components/CreditNotePanel';
import { DeliveryPanel } from '@/features/invoices/components/DeliveryPanel';
import { LinePanel } from '@/features/invoices/components/LinePanel';
import { PartyPanel } from '@/features/invoices/components/PartyPanel';
import { RoundingPanel } from '@/features/invoices/components/RoundingPanel';
import { StateBadge } from '@/features/invoices/components/StateBadge';
import { SumPanel } from '@/features/invoices/components/SumPanel';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMonth } from '@/lib/time';

const route = getRouteApi('/signed-in/invoices/$id');

/** One invoice or credit note: what is owed for what, down to the records. */
export function InvoicePage() {
  const { t } = useTranslation();
  const { id } = route.useParams();
  const query = useQuery(invoiceQuery(id));
  return (
    <>
      <Back to="/invoices" label={t('invoices.title')} />
      {isGone(query.error) ? (
        <>
          <PageHeader title={t('invoices.kind.INVOICE')} />
          <Panel>
            <EmptyState title={t('invoices.gone')} body={t('invoices.gone.body', { id })} />
          </Panel>
        </>
      ) : (
        <QueryState query={query} what={t('invoices.what')} skeleton={<Lines count={10} />}>
          {(invoice) => <One invoice={invoice} />}
        </QueryState>
      )}
    </>
  );
}

function One({ invoice }: { invoice: Invoice }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const viewer = useViewer();
  const month = formatMonth(invoice.month, locale);
  const isFinal = invoice.status === 'finalized' || invoice.status === 'void';
  const isOpen = invoice.status === 'open' || invoice.status === 'draft';
  return (
    <>
      <PageHeader
        title={invoice.number ?? t('invoices.unnumbered', { id: invoice.invoice_id })}
        lead={t(`invoices.kind.${invoice.kind}.of`, { month })}
      >
        <StateBadge status={invoice.status} size="lg" />
        <Actions invoice={invoice} />
      </PageHeader>
      <Stack gap="md">
        {isOpen && <BlockerPanel invoice={invoice} operator={viewer.may('site')} />}
        <SumPanel invoice={invoice} />
        <LinePanel invoice={invoice} />
        <RoundingPanel invoice={invoice} />
        <PartyPanel invoice={invoice} />
        {invoice.kind === 'INVOICE' && isFinal && <CreditNotePanel invoice={invoice} />}
        {isFinal && <DeliveryPanel invoice={invoice} />}
      </Stack>
    </>
  );
}
