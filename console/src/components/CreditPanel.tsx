import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { Facts } from '@/components/Facts';
import { Lines } from '@/components/Lines';
import { Moment } from '@/components/Moment';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { MoneyDialog } from '@/components/MoneyDialog';
import { TermsDialog } from '@/components/TermsDialog';
import { useViewer } from '@/components/useViewer';
import { creditQuery, MONEY, type Credit, type Grant, type MoneyKind } from '@/lib/credit';
import { formatPico } from '@/lib/money';

/** How it pays, how far it may spend, and what credit is left. */
export function CreditPanel({ tenant }: { tenant: { id: string; name: string } }) {
  const { t } = useTranslation();
  const query = useQuery(creditQuery(tenant.id));
  const [dialog, setDialog] = useState<'terms' | MoneyKind>();
  const operator = useViewer().may('site');
  const close = () => {
    setDialog(undefined);
  };
  return (
    <Panel
      title={t('credit.title')}
      summary={t('credit.summary')}
      action={
        query.data &&
        operator && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              setDialog('terms');
            }}
          >
            {t('credit.change')}
          </Button>
        )
      }
    >
      <QueryState query={query} what={t('credit.what')} skeleton={<Lines count={3} />}>
        {(credit) => (
          <Stack gap="md">
            <Terms credit={credit} />
            {operator && (
              <Group gap="sm">
                {MONEY.map((what) => (
                  <Button
                    key={what}
                    size="compact-sm"
                    variant="default"
                    onClick={() => {
                      setDialog(what);
                    }}
                  >
                    {t(what === 'grants' ? 'credit.give' : `credit.${what}`)}
                  </Button>
                ))}
              </Group>
            )}
            <Grants credit={credit} />
          </Stack>
        )}
      </QueryState>
      {dialog === 'terms' && query.data && (
        <TermsDialog tenant={tenant} credit={query.data} onClose={close} />
      )}
      {dialog !== undefined && dialog !== 'terms' && query.data && (
        <MoneyDialog tenant={tenant} what={dialog} credit={query.data} onClose={close} />
      )}
    </Panel>
  );
}

function Terms({ credit }: { credit: Credit }) {
  const { t } = useTranslation();
  const money = (pico: string) => (
    <span className="number">
      {formatPico(pico)} {credit.currency}
    </span>
  );
  return (
    <Facts
      facts={[
        { name: t('credit.mode'), value: t(`credit.mode.${credit.mode}`) },
        { name: t('credit.limit'), value: money(credit.credit_limit) },
        { name: t('credit.paid'), value: money(credit.paid) },
        { name: t('credit.all'), value: money(credit.limit) },
      ]}
    />
  );
}

const GRANTS = ['PAID', 'PROMO'] as const;

function Grants({ credit }: { credit: Credit }) {
  const { t } = useTranslation();
  if (credit.grants.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('credit.grants.none')}
      </Text>
    );
  }
  const columns: Column<Grant>[] = [
    {
      id: 'kind',
      header: t('credit.grants.kind'),
      cell: ({ row: { original } }) => {
        const known = GRANTS.find((kind) => kind === original.kind);
        return known ? t(`credit.kind.${known}`) : original.kind;
      },
    },
    {
      id: 'remaining',
      header: t('credit.grants.remaining', { currency: credit.currency }),
      numeric: true,
      cell: ({ row }) => formatPico(row.original.remaining),
    },
    {
      id: 'amount',
      header: t('credit.grants.amount', { currency: credit.currency }),
      numeric: true,
      cell: ({ row }) => formatPico(row.original.amount),
    },
    {
      id: 'expires',
      header: t('credit.grants.expires'),
      cell: ({ row }) =>
        row.original.expires_at === null ? (
          t('keys.form.expires.never')
        ) : (
          <Moment at={row.original.expires_at} />
        ),
    },
  ];
  return (
    <DataTable
      caption={t('credit.grants')}
      columns={columns}
      rows={credit.grants}
      rowId={(grant) => grant.id}
    />
  );
}
