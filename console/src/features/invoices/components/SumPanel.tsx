import { Alert, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Facts } from '@/components/Facts';
import { Icon } from '@/components/Icon';
import { Moment } from '@/components/Moment';
import { Money } from '@/components/Money';
import { Panel } from '@/components/Panel';
import type { Invoice } from '@/features/invoices/api/invoices';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMoment, formatDay } from '@/lib/time';

/** What it asks for, when it is due, what was paid. */
export function SumPanel({ invoice }: { invoice: Invoice }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const money = (amount: string) => <Money amount={amount} currency={invoice.currency} />;
  const isNote = invoice.kind === 'CREDIT_NOTE';
  return (
    <Panel title={t('invoice.sum')}>
      {invoice.voided && (
        <Alert color="gray" icon={<Icon name="warning" />} mb="md" title={t('invoice.void.title')}>
          {t('invoice.void.told', {
            who: invoice.voided.by,
            when: formatMoment(invoice.voided.at, locale),
            why: invoice.voided.reason,
          })}
        </Alert>
      )}
      <Facts
        facts={[
          { name: t('invoices.col.net'), value: money(invoice.net) },
          { name: t('invoices.col.tax'), value: money(invoice.tax) },
          { name: t('invoices.col.total'), value: <strong>{money(invoice.total)}</strong> },
          ...(isNote ? [] : [{ name: t('invoices.col.paid'), value: money(invoice.paid) }]),
          { name: t('invoice.issued'), value: <Moment at={invoice.issued_at} /> },
          {
            name: t('invoices.col.due'),
            value: invoice.due_on == null ? '–' : formatDay(invoice.due_on, locale),
          },
          ...(invoice.reference
            ? [
                {
                  name: t('invoice.reference'),
                  value: (
                    <Link
                      to="/invoices/$id"
                      params={{ id: invoice.reference.invoice_id }}
                      className="rowLink"
                    >
                      {invoice.reference.number ?? invoice.reference.invoice_id}
                    </Link>
                  ),
                },
              ]
            : []),
        ]}
      />
      {!isNote && invoice.status === 'finalized' && (
        <Text size="sm" c="dimmed" mt="md">
          {t('invoice.paid.how')}
        </Text>
      )}
    </Panel>
  );
}
