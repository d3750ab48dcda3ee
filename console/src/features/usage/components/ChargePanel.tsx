import { Alert, Group, Stack, Text } from '@mantine/core';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { ClassSwatch } from '@/components/charts/ClassBar';
import { DataTable, type Column } from '@/components/DataTable';
import { Icon } from '@/components/Icon';
import { Panel } from '@/components/Panel';
import type { ChargeLine, Request } from '@/features/usage/api/request';
import classes from '@/features/usage/components/ChargePanel.module.css';
import { addsUp, classOf, termsOf } from '@/features/usage/formula';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatExact, formatTokens } from '@/lib/money';
import { formatMoment } from '@/lib/time';

/** The charge as a formula, its lines, its price version, and the same at the reference price. */
export function ChargePanel({ request }: { request: Request }) {
  const { t } = useTranslation();
  const { lines, cost } = request;
  if (!lines || cost == null) {
    return (
      <Panel title={t('request.charge')}>
        <Text c="dimmed">{t('request.charge.pending')}</Text>
      </Panel>
    );
  }
  return (
    <Panel title={t('request.charge')}>
      <Stack gap="lg">
        <Formula lines={lines} cost={cost} />
        {!addsUp(lines, cost) && (
          <Alert role="alert" color="red" icon={<Icon name="warning" />}>
            {t('request.charge.mismatch')}
          </Alert>
        )}
        <Lines lines={lines} cost={cost} />
        <Footnotes request={request} />
      </Stack>
    </Panel>
  );
}

/** `12 hit × 0.14 + 3 answer × 2.19 (USD per 1M) = 0.00000825 USD` */
function Formula({ lines, cost }: { lines: ChargeLine[]; cost: string }) {
  const { t } = useTranslation();
  const terms = termsOf(lines);
  return (
    <p className={classes.formula} data-testid="formula">
      {terms.length === 0 && t('request.charge.zero')}
      {terms.map((term, index) => (
        <Fragment key={term.name}>
          {index > 0 && ' + '}
          <span className={classes.term}>
            <ClassSwatch name={term.name} size={11} />
            {term.tokens} {t(`class.${term.name}.short`)} × {term.price}
          </span>
        </Fragment>
      ))}{' '}
      {terms.length > 0 && <span className={classes.unit}>{t('request.charge.unit')}</span>}{' '}
      <span className={classes.result}>= {formatExact(cost)} USD</span>
    </p>
  );
}

function Lines({ lines, cost }: { lines: ChargeLine[]; cost: string }) {
  const { t } = useTranslation();
  const columns: Column<ChargeLine>[] = [
    {
      id: 'class',
      header: t('request.line.class'),
      cell: ({ row }) => {
        const name = classOf(row.original.sku);
        return name ? (
          <Group component="span" gap={8} wrap="nowrap">
            <ClassSwatch name={name} />
            {t(`class.${name}`)}
          </Group>
        ) : (
          row.original.sku
        );
      },
    },
    {
      id: 'tokens',
      header: t('request.line.tokens'),
      numeric: true,
      cell: ({ row }) => formatTokens(row.original.tokens),
    },
    {
      id: 'price',
      header: t('request.line.price'),
      numeric: true,
      cell: ({ row }) => formatExact(row.original.unit_price),
    },
    {
      id: 'cost',
      header: t('request.line.cost'),
      numeric: true,
      cell: ({ row }) => formatExact(row.original.cost),
    },
  ];
  return (
    <DataTable
      caption={t('request.charge')}
      columns={columns}
      rows={lines}
      rowId={(line) => line.sku}
      footer={{ class: t('table.total'), cost: formatExact(cost) }}
    />
  );
}

function Footnotes({ request }: { request: Request }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { price_version: price, reference_cost: reference } = request;
  return (
    <dl className={classes.notes}>
      {price && (
        <div>
          <dt>{t('request.price')}</dt>
          <dd>
            {price.name}{' '}
            <Text span c="dimmed" size="sm">
              #{price.version_id},{' '}
              {t('request.price.from', { date: formatMoment(price.valid_from, locale) })}
            </Text>
          </dd>
        </div>
      )}
      {price && (
        <div>
          <dt>{t('request.price.hash')}</dt>
          <dd>
            <code className="mono">{price.content_sha256}</code>
          </dd>
        </div>
      )}
      {reference != null && (
        <div>
          <dt>{t('request.reference')}</dt>
          <dd className="number">{formatExact(reference)} USD</dd>
        </div>
      )}
    </dl>
  );
}
