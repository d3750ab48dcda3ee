import { Grid, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Panel } from '@/components/Panel';
import type { Invoice, Party } from '@/features/invoices/api/invoices';

/** Who bills whom. */
export function PartyPanel({ invoice }: { invoice: Invoice }) {
  const { t } = useTranslation();
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, sm: 6 }}>
        <Panel fill title={t('invoice.issuer')}>
          <Address party={invoice.issuer} />
        </Panel>
      </Grid.Col>
      <Grid.Col span={{ base: 12, sm: 6 }}>
        <Panel fill title={t('invoice.customer')}>
          <Address party={invoice.customer} />
        </Panel>
      </Grid.Col>
    </Grid>
  );
}

function Address({ party }: { party: Party }) {
  const { t } = useTranslation();
  const lines = [party.name, ...party.address, party.country ?? '', party.email ?? ''];
  const paymentDetails = party.payment_details ?? [];
  return (
    <>
      {lines
        .filter((line) => line !== '')
        .map((line) => (
          <Text key={line} size="sm">
            {line}
          </Text>
        ))}
      {party.tax_number != null && (
        <Text size="sm">{t('invoice.taxNumber', { number: party.tax_number })}</Text>
      )}
      {paymentDetails.length > 0 && (
        <>
          <Text size="sm" c="dimmed" mt="xs">
            {t('invoice.paymentDetails')}
          </Text>
          {paymentDetails.map((line) => (
            <Text key={line} size="sm">
              {line}
            </Text>
          ))}
        </>
      )}
    </>
  );
}
