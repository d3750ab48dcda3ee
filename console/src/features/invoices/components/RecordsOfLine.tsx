import { Alert, Anchor, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';
import { QueryState } from '@/components/QueryState';
import type { Invoice, InvoiceLine } from '@/features/invoices/api/invoices';
import { usageByModelQuery } from '@/features/invoices/api/usage';
import { classOf, siblingsOf, tokensOf } from '@/features/invoices/lines';
import { useLocale } from '@/lib/i18n/useLocale';
import { compareTokens, formatTokens, subtractTokens } from '@/lib/money';
import { formatMonth, rangeOfMonth } from '@/lib/time';

interface RecordsOfLineProps {
  invoice: Invoice;
  line: InvoiceLine;
  projectName: string | undefined;
}

/** What the records of the line's month, project and model count, beside what is invoiced. */
export function RecordsOfLine({ invoice, line, projectName }: RecordsOfLineProps) {
  const { month, project_id: project } = line;
  if (month == null || project == null) return null;
  return (
    <Compared
      invoice={invoice}
      line={line}
      month={month}
      project={project}
      projectName={projectName}
    />
  );
}

interface ComparedProps extends RecordsOfLineProps {
  month: string;
  project: string;
}

function Compared({ invoice, line, month, project, projectName }: ComparedProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const query = useQuery(usageByModelQuery(invoice.organization_id, project, month));
  const lines = siblingsOf(invoice, line);
  const invoiced = tokensOf(lines);
  const token = classOf(line);
  return (
    <QueryState query={query} what={t('usage.what')} skeleton={<Skeleton height={72} />}>
      {({ items }) => {
        const model = items.find(({ name }) => name === line.model);
        const counted = (token && model?.tokens[token]) ?? '0';
        const same = compareTokens(counted, invoiced) === 0;
        const where = {
          ...rangeOfMonth(month),
          organization_id: invoice.organization_id,
          project_id: project,
          model_id: model?.key,
        };
        return (
          <Stack gap="xs">
            <Text size="sm">
              {t('line.records.counted', {
                tokens: formatTokens(counted),
                class: token ? t(`class.${token}`) : '',
                project: projectName ?? project,
                month: formatMonth(month, locale),
              })}
            </Text>
            <Text size="sm">
              {t('line.records.invoiced', { count: lines.length, tokens: formatTokens(invoiced) })}
            </Text>
            <Alert
              role="status"
              py="xs"
              color={same ? 'teal' : 'yellow'}
              icon={<Icon name={same ? 'check' : 'warning'} />}
            >
              {same
                ? t('line.records.same')
                : t('line.records.differ', {
                    tokens: formatTokens(subtractTokens(counted, invoiced)),
                  })}
            </Alert>
            <Group gap="md">
              <Anchor
                size="sm"
                renderRoot={(props) => <Link to="/requests" search={where} {...props} />}
              >
                {t('line.records.open')}
              </Anchor>
              <Anchor
                size="sm"
                renderRoot={(props) => (
                  <Link to="/usage" search={{ ...where, group_by: 'key' }} {...props} />
                )}
              >
                {t('line.records.usage')}
              </Anchor>
            </Group>
          </Stack>
        );
      }}
    </QueryState>
  );
}
