import { Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Lines } from '@/components/Lines';
import { More } from '@/components/More';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { invoicesQuery, type Invoice } from '@/features/invoices/api/invoices';
import { InvoiceTable } from '@/features/invoices/components/InvoiceTable';

/** What was given back of an invoice; its credit notes are of its month. */
export function CreditNotePanel({ invoice }: { invoice: Invoice }) {
  const { t } = useTranslation();
  const query = useInfiniteQuery(
    invoicesQuery({ organization_id: invoice.organization_id, month: invoice.month }),
  );
  return (
    <Panel title={t('creditNotes.title')}>
      <QueryState query={query} what={t('creditNotes.what')} skeleton={<Lines count={1} />}>
        {({ pages }) => {
          const notes = pages
            .flatMap((page) => page.items)
            .filter(({ reference }) => reference?.invoice_id === invoice.invoice_id);
          return (
            <>
              {notes.length === 0 ? (
                <Text size="sm" c="dimmed">
                  {t('creditNotes.none')}
                </Text>
              ) : (
                <InvoiceTable
                  caption={t('creditNotes.title')}
                  invoices={notes}
                  nameOf={undefined}
                />
              )}
              <More query={query} />
            </>
          );
        }}
      </QueryState>
    </Panel>
  );
}
