import { Button, Group, List, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CopyAction } from '@/components/CopyAction';
import { Dialog } from '@/components/Dialog';
import type { Invoice, InvoiceLine } from '@/features/invoices/api/invoices';
import { RecordsOfLine } from '@/features/invoices/components/RecordsOfLine';
import { useLineName } from '@/features/invoices/lineName';
import { roundingOf } from '@/features/invoices/lines';
import { chargePico, formatAmount, formatExact, formatPico, formatTokens } from '@/lib/money';

interface LineDialogProps {
  invoice: Invoice;
  line: InvoiceLine;
  projectName: string | undefined;
  onClose: () => void;
}

/** From a line to the records behind it, and from its exact amount to the one that is asked for. */
export function LineDialog({ invoice, line, projectName, onClose }: LineDialogProps) {
  const { t } = useTranslation();
  const lineName = useLineName();
  const { currency } = invoice;
  const rounding = roundingOf(line);
  return (
    <Dialog
      onClose={onClose}
      size="lg"
      title={t('line.title', { number: line.line_no, name: lineName(line, invoice) })}
    >
      <Stack gap="lg">
        {line.kind === 'USAGE' ? (
          <>
            <section>
              <Heading>{t('line.records')}</Heading>
              <RecordsOfLine invoice={invoice} line={line} projectName={projectName} />
            </section>
            <section>
              <Heading>{t('line.price')}</Heading>
              <Price line={line} currency={currency} />
            </section>
          </>
        ) : (
          <WhyNotUsage line={line} />
        )}
        {line.kind !== 'TAX' && (
          <section>
            <Heading>{t('line.rounding')}</Heading>
            <List size="sm">
              <List.Item>
                {t('line.exact', { amount: formatPico(line.amount_pico), currency })}
              </List.Item>
              <List.Item>
                {t('line.rounded', { amount: formatAmount(line.amount), currency })}
              </List.Item>
              <List.Item>
                {rounding === '0'
                  ? t('line.rounding.none')
                  : t('line.rounding.by', { amount: formatPico(rounding), currency })}
              </List.Item>
            </List>
          </section>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('app.close')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

function Heading({ children }: { children: string }) {
  return (
    <Title order={3} size="h5" mb={6}>
      {children}
    </Title>
  );
}

function Price({ line, currency }: { line: InvoiceLine; currency: string }) {
  const { t } = useTranslation();
  const { quantity, unit_pico: unit, unit_price: price, price_version: version } = line;
  if (quantity == null || unit == null || price == null) return null;
  const holds = chargePico(quantity, unit).toString() === line.amount_pico;
  return (
    <>
      <Text size="sm" data-testid="line-formula">
        {t('line.formula', {
          tokens: formatTokens(quantity),
          price: formatExact(price),
          amount: formatPico(line.amount_pico),
          currency,
        })}
      </Text>
      {!holds && (
        <Text size="sm" c="red" role="alert">
          {t('line.formula.wrong')}
        </Text>
      )}
      {version != null && (
        <Group gap={4} wrap="nowrap" mt={4}>
          <Text size="xs" c="dimmed" className="mono">
            {t('line.version', { hash: version })}
          </Text>
          <CopyAction value={version} what={t('line.version.what')} />
        </Group>
      )}
    </>
  );
}

const EXPLAINED = ['TIER', 'SHORTFALL', 'CREDIT', 'CARRIED', 'ADJUSTMENT', 'TAX'] as const;

/** Lines that no usage record makes say what does. */
function WhyNotUsage({ line }: { line: InvoiceLine }) {
  const { t } = useTranslation();
  const kind = EXPLAINED.find((known) => known === line.kind);
  return (
    <section>
      <Heading>{t('line.records')}</Heading>
      <Text size="sm">{kind ? t(`line.why.${kind}`) : line.kind}</Text>
      {line.kind === 'ADJUSTMENT' && line.note != null && (
        <Text size="sm">{t('line.reason', { reason: line.note })}</Text>
      )}
    </section>
  );
}
