import { Badge, Button, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { DataTable, type Column } from '@/components/DataTable';
import { FormError } from '@/components/FormError';
import { Lines } from '@/components/Lines';
import { Ago } from '@/components/Moment';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import { useViewer } from '@/components/useViewer';
import {
  deliveriesQuery,
  retryDelivery,
  stateOf,
  type Delivery,
} from '@/features/invoices/api/deliveries';
import type { Invoice } from '@/features/invoices/api/invoices';
import { newCommandId } from '@/lib/commands';

const COLOR = { delivered: 'teal', waiting: 'blue', failing: 'yellow', given_up: 'red' } as const;

/** Who got word of it by mail or webhook, and who did not. */
export function DeliveryPanel({ invoice }: { invoice: Invoice }) {
  const { t } = useTranslation();
  const query = useQuery(deliveriesQuery(invoice.invoice_id));
  return (
    <Panel title={t('deliveries.title')} summary={t('deliveries.summary')}>
      <QueryState query={query} what={t('deliveries.what')} skeleton={<Lines count={2} />}>
        {({ deliveries }) =>
          deliveries.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t('deliveries.none')}
            </Text>
          ) : (
            <Deliveries invoice={invoice} deliveries={deliveries} />
          )
        }
      </QueryState>
    </Panel>
  );
}

interface DeliveriesProps {
  invoice: Invoice;
  deliveries: Delivery[];
}

function Deliveries({ invoice, deliveries }: DeliveriesProps) {
  const { t } = useTranslation();
  const mayRetry = useViewer().may('site');
  const retry = useMutation(retryDelivery);
  const whom = (delivery: Delivery) =>
    delivery.address ?? t('deliveries.target', { id: delivery.target_id ?? '' });
  const columns: Column<Delivery>[] = [
    {
      id: 'whom',
      header: t('deliveries.col.whom'),
      cell: ({ row: { original } }) => (
        <div>
          {whom(original)}
          <Text size="xs" c="dimmed">
            {t(`deliveries.channel.${original.channel}`)} · {t(`deliveries.about.${original.what}`)}
          </Text>
        </div>
      ),
    },
    {
      id: 'state',
      header: t('deliveries.col.state'),
      cell: ({ row: { original } }) => {
        const state = stateOf(original);
        return (
          <div>
            <Badge color={COLOR[state]}>{t(`deliveries.state.${state}`)}</Badge>
            {original.last_error != null && (
              <Text size="xs" c="dimmed">
                {original.last_error}
              </Text>
            )}
          </div>
        );
      },
    },
    {
      id: 'attempts',
      header: t('deliveries.col.attempts'),
      numeric: true,
      cell: ({ row }) => row.original.attempts,
    },
    {
      id: 'when',
      header: t('deliveries.col.when'),
      cell: ({ row: { original } }) => (
        <Ago at={original.delivered_at ?? original.next_at ?? null} />
      ),
    },
    {
      id: 'action',
      header: t('members.col.action'),
      numeric: true,
      cell: ({ row: { original } }) =>
        mayRetry &&
        stateOf(original) === 'given_up' &&
        !(original.what === 'FINALIZED' && invoice.status === 'void') && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={t('deliveries.retry.named', { whom: whom(original) })}
            loading={retry.isPending && retry.variables.delivery === original.delivery_id}
            onClick={() => {
              retry.mutate({
                invoice: invoice.invoice_id,
                delivery: original.delivery_id,
                command: newCommandId(),
              });
            }}
          >
            {t('deliveries.retry')}
          </Button>
        ),
    },
  ];
  return (
    <>
      {retry.error && <FormError error={retry.error} />}
      <DataTable
        caption={t('deliveries.title')}
        columns={columns}
        rows={deliveries}
        rowId={(delivery) => delivery.delivery_id}
      />
    </>
  );
}
