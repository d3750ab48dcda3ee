import { Alert, Button, Group, Skeleton, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { FormError } from '@/components/FormError';
import { Icon } from '@/components/Icon';
import { QueryState } from '@/components/QueryState';
import { useNow } from '@/components/useNow';
import { useViewer } from '@/components/useViewer';
import { checkNow, checkQuery, type Check } from '@/features/audit/api/check';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatTokens } from '@/lib/money';
import { formatMoment, formatRelative } from '@/lib/time';

/** Whether the chain of hashes is whole, as the last check found. */
export function ChainPanel({ organization }: { organization: string | undefined }) {
  const { t } = useTranslation();
  const query = useQuery(checkQuery(organization));
  return (
    <QueryState query={query} what={t('audit.chain.what')} skeleton={<Skeleton height={76} />}>
      {(check) => <Chain check={check} />}
    </QueryState>
  );
}

function Chain({ check }: { check: Check | null }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const now = useNow();
  const viewer = useViewer();
  const run = useMutation(checkNow);
  const state = check === null ? 'unchecked' : check.whole ? 'whole' : 'broken';
  const color = { unchecked: 'gray', whole: 'teal', broken: 'red' }[state];
  return (
    <Alert
      role={state === 'broken' ? 'alert' : 'status'}
      color={color}
      icon={<Icon name={state === 'whole' ? 'check' : state === 'broken' ? 'warning' : 'clock'} />}
      title={t(`audit.chain.${state}`)}
    >
      <Group justify="space-between" gap="sm">
        <div>
          <Text size="sm">{t(`audit.chain.${state}.body`)}</Text>
          {check !== null && (
            <Text size="sm" title={formatMoment(check.at, locale)}>
              {t('audit.chain.at', { when: formatRelative(check.at, now, locale) })}
              {check.events != null &&
                ` ${t('audit.chain.rows', { rows: formatTokens(check.events) })}`}
            </Text>
          )}
          {check !== null && !check.whole && (
            <Text size="sm">
              {t('audit.chain.names', { chains: check.broken_chains.join(', ') })}
            </Text>
          )}
        </div>
        {viewer.may('site') && (
          <Button
            size="xs"
            variant="default"
            loading={run.isPending}
            onClick={() => {
              run.mutate();
            }}
          >
            {t('audit.chain.check')}
          </Button>
        )}
      </Group>
      {run.error && <FormError error={run.error} />}
    </Alert>
  );
}
