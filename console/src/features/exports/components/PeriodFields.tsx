import { NativeSelect, SimpleGrid, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Period } from '@/features/exports/period';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMonth, isDay, monthOf, shiftMonth } from '@/lib/time';

const MONTHS_BACK = 36;

interface PeriodFieldsProps {
  value: Period;
  onChange: (value: Period) => void;
}

/** A month of UTC, or any days. */
export function PeriodFields({ value, onChange }: PeriodFieldsProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const current = monthOf(new Date());
  const months = Array.from({ length: MONTHS_BACK }, (_, back) => shiftMonth(current, -back));
  const { month, first, last } = value;
  const upsideDown = isDay(first) && isDay(last) && last < first;
  return (
    <>
      <NativeSelect
        label={t('month.label')}
        value={month ?? ''}
        data={[
          ...months.map((one) => ({ value: one, label: formatMonth(one, locale) })),
          { value: '', label: t('exports.days') },
        ]}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          onChange({ ...value, month: chosen === '' ? undefined : chosen });
        }}
      />
      {month === undefined && (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput
            type="date"
            label={t('exports.days.first')}
            value={first}
            onChange={(event) => {
              onChange({ ...value, first: event.currentTarget.value });
            }}
          />
          <TextInput
            type="date"
            label={t('exports.days.last')}
            error={upsideDown ? t('exports.days.wrong') : undefined}
            value={last}
            onChange={(event) => {
              onChange({ ...value, last: event.currentTarget.value });
            }}
          />
        </SimpleGrid>
      )}
    </>
  );
}
