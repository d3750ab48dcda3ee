import { Button, Group, NativeSelect, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { Failure } from '@/components/QueryState';
import { optionsQuery, type Options } from '@/features/exports/api/options';
import { makeSchedule } from '@/features/exports/api/schedules';
import { BeginField } from '@/features/exports/components/BeginField';
import { ColumnsField } from '@/features/exports/components/ColumnsField';
import { DATASETS, FORMATS } from '@/features/exports/names';
import { isBegin, periodsFrom, rhythmsOf } from '@/features/exports/rhythm';
import { newCommandId } from '@/lib/commands';
import { organizationsQuery } from '@/lib/organizations';

interface ScheduleDialogProps {
  /** Which is looked at; none: all of the site. */
  organization: string | undefined;
  onClose: () => void;
}

/** Has a dataset written to a target again and again; then the schedule's page. */
export function ScheduleDialog({ organization, onClose }: ScheduleDialogProps) {
  const { t } = useTranslation();
  const query = useQuery(optionsQuery);
  return (
    <Dialog onClose={onClose} size="lg" title={t('schedules.new')}>
      {query.data && <Form organization={organization} options={query.data} onClose={onClose} />}
      {query.error && !query.data && (
        <Failure error={query.error} retry={() => void query.refetch()} busy={query.isFetching} />
      )}
      {query.isPending && <Skeleton height={300} />}
    </Dialog>
  );
}

function Form({ organization, options, onClose }: ScheduleDialogProps & { options: Options }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const organizations = useQuery(organizationsQuery);
  const [command] = useState(newCommandId);
  const [form, setForm] = useState(() => ({
    dataset: options.datasets[0]?.name ?? '',
    format: options.formats[0] ?? 'csv',
    target: options.targets[0] ?? '',
    organization: organization ?? '',
    period: 'month',
    rhythm: 'daily',
    from: '',
  }));
  const [columns, setColumns] = useState<string[]>();
  const make = useMutation(makeSchedule);
  const set = (changed: Partial<typeof form>) => {
    setForm((before) => ({ ...before, ...changed }));
  };
  const dataset = options.datasets.find(({ name }) => name === form.dataset);
  const periods = periodsFrom(dataset?.shortest_period ?? 'month');
  const period = periods.find((one) => one === form.period) ?? 'month';
  const rhythms = rhythmsOf(period);
  const rhythm = rhythms.find((one) => one === form.rhythm) ?? 'after_close';
  const isReady =
    dataset !== undefined &&
    form.target !== '' &&
    (form.from === '' || isBegin(form.from, new Date())) &&
    columns?.length !== 0;
  const known = DATASETS.find((name) => name === form.dataset);
  const knownFormat = FORMATS.find((name) => name === form.format);
  const submit = () => {
    if (!isReady) return;
    make.mutate(
      {
        command_id: command,
        organization_id: form.organization === '' ? null : form.organization,
        dataset: form.dataset,
        format: form.format,
        columns: columns ?? null,
        target: form.target,
        period,
        rhythm,
        from: form.from === '' ? null : form.from,
      },
      {
        onSuccess: ({ schedule_id: id }) =>
          void navigate({ to: '/exports/schedules/$id', params: { id } }),
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
        {make.error && <FormError error={make.error} />}
        <Text size="sm">{t('schedules.new.body')}</Text>
        <NativeSelect
          data-autofocus
          label={t('exports.col.dataset')}
          description={known && t(`exports.dataset.${known}`)}
          value={form.dataset}
          data={options.datasets.map(({ name }) => name)}
          onChange={(event) => {
            set({ dataset: event.currentTarget.value });
            setColumns(undefined);
          }}
        />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <NativeSelect
            label={t('exports.col.organization')}
            value={form.organization}
            data={[
              { value: '', label: t('exports.everybody') },
              ...(organizations.data?.items ?? []).map(({ id, name }) => ({
                value: id,
                label: name,
              })),
            ]}
            onChange={(event) => {
              set({ organization: event.currentTarget.value });
            }}
          />
          <NativeSelect
            label={t('exports.target')}
            value={form.target}
            data={options.targets}
            onChange={(event) => {
              set({ target: event.currentTarget.value });
            }}
          />
          <NativeSelect
            label={t('schedules.col.period')}
            value={period}
            data={periods.map((value) => ({ value, label: t(`schedules.period.${value}`) }))}
            onChange={(event) => {
              set({ period: event.currentTarget.value, from: '' });
            }}
          />
          <NativeSelect
            label={t('schedules.col.rhythm')}
            value={rhythm}
            data={rhythms.map((value) => ({ value, label: t(`schedules.rhythm.${value}`) }))}
            onChange={(event) => {
              set({ rhythm: event.currentTarget.value });
            }}
          />
        </SimpleGrid>
        <BeginField
          period={period}
          value={form.from}
          onChange={(from) => {
            set({ from });
          }}
        />
        <NativeSelect
          label={t('exports.col.format')}
          description={knownFormat && t(`exports.format.${knownFormat}`)}
          value={form.format}
          data={options.formats}
          onChange={(event) => {
            set({ format: event.currentTarget.value });
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
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('form.cancel')}
          </Button>
          <Button type="submit" disabled={!isReady} loading={make.isPending}>
            {t('schedules.new.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
