import { Button, Group, NativeSelect, Skeleton, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { Failure } from '@/components/QueryState';
import { useOrganizationName } from '@/components/useOrganizationName';
import { optionsQuery, type Options } from '@/features/exports/api/options';
import { orderExport } from '@/features/exports/api/orders';
import { ColumnsField } from '@/features/exports/components/ColumnsField';
import { PeriodFields } from '@/features/exports/components/PeriodFields';
import { DATASETS, FORMATS } from '@/features/exports/names';
import { periodOf, type Period } from '@/features/exports/period';
import { newCommandId } from '@/lib/commands';
import { monthOf, shiftMonth } from '@/lib/time';

interface OrderDialogProps {
  /** None: all of the site. */
  organization: string | undefined;
  onClose: () => void;
}

/** Orders files of a dataset; then their page. */
export function OrderDialog({ organization, onClose }: OrderDialogProps) {
  const { t } = useTranslation();
  const query = useQuery(optionsQuery);
  return (
    <Dialog onClose={onClose} size="lg" title={t('exports.order')}>
      {query.data && <Form organization={organization} options={query.data} onClose={onClose} />}
      {query.error && !query.data && (
        <Failure error={query.error} retry={() => void query.refetch()} busy={query.isFetching} />
      )}
      {query.isPending && <Skeleton height={300} />}
    </Dialog>
  );
}

function Form({ organization, options, onClose }: OrderDialogProps & { options: Options }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const nameOf = useOrganizationName();
  const [command] = useState(newCommandId);
  const [dataset, setDataset] = useState(options.datasets[0]);
  const [period, setPeriod] = useState<Period>(() => ({
    month: shiftMonth(monthOf(new Date()), -1),
    first: '',
    last: '',
  }));
  const [format, setFormat] = useState(options.formats[0] ?? 'csv');
  const [columns, setColumns] = useState<string[]>();
  const [target, setTarget] = useState('');
  const order = useMutation(orderExport);
  const range = periodOf(period);
  const isReady = dataset !== undefined && range !== undefined && columns?.length !== 0;
  const known = DATASETS.find((name) => name === dataset?.name);
  const knownFormat = FORMATS.find((name) => name === format);
  const submit = () => {
    if (!isReady) return;
    order.mutate(
      {
        command_id: command,
        ...(organization === undefined ? {} : { organization_id: organization }),
        dataset: dataset.name,
        ...range,
        format,
        ...(columns === undefined ? {} : { columns }),
        ...(target === '' ? {} : { target }),
      },
      {
        onSuccess: ({ export_id: id }) => void navigate({ to: '/exports/$id', params: { id } }),
      },
    );
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="md">
        {order.error && <FormError error={order.error} />}
        <Text size="sm">
          {organization === undefined
            ? t('exports.order.all')
            : t('exports.order.of', { name: nameOf(organization) })}
        </Text>
        <NativeSelect
          data-autofocus
          label={t('exports.col.dataset')}
          description={known && t(`exports.dataset.${known}`)}
          value={dataset?.name}
          data={options.datasets.map(({ name }) => name)}
          onChange={(event) => {
            setDataset(options.datasets.find(({ name }) => name === event.currentTarget.value));
            setColumns(undefined);
          }}
        />
        <PeriodFields value={period} onChange={setPeriod} />
        <NativeSelect
          label={t('exports.col.format')}
          description={knownFormat && t(`exports.format.${knownFormat}`)}
          value={format}
          data={options.formats}
          onChange={(event) => {
            setFormat(event.currentTarget.value);
          }}
        />
        {dataset && (
          <ColumnsField
            key={dataset.name}
            dataset={dataset}
            value={columns}
            onChange={setColumns}
          />
        )}
        {options.targets.length > 0 && (
          <NativeSelect
            label={t('exports.target')}
            description={t('exports.target.hint')}
            value={target}
            data={[
              { value: '', label: t('exports.target.here') },
              ...options.targets.map((name) => ({ value: name, label: name })),
            ]}
            onChange={(event) => {
              setTarget(event.currentTarget.value);
            }}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('form.cancel')}
          </Button>
          <Button type="submit" disabled={!isReady} loading={order.isPending}>
            {t('exports.order.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
