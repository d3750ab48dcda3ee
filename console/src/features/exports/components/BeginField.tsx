import { NativeSelect, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isBegin, type Period } from '@/features/exports/rhythm';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMonth, monthOf, rangeOfMonth, shiftMonth } from '@/lib/time';

const MONTHS_BACK = 13;

interface BeginFieldProps {
  period: Period;
  /** A UTC day; empty: the period that runs. */
  value: string;
  onChange: (value: string) => void;
}

/** With which period a schedule begins: the one that runs, or an earlier one. */
export function BeginField({ period, value, onChange }: BeginFieldProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  if (period === 'month') {
    const current = monthOf(new Date());
    const months = Array.from({ length: MONTHS_BACK - 1 }, (_, back) =>
      shiftMonth(current, -1 - back),
    );
    return (
      <NativeSelect
        label={t('schedules.from')}
        description={t('schedules.from.hint')}
        value={value}
        data={[
          { value: '', label: formatMonth(current, locale) },
          ...months.map((month) => ({
            value: rangeOfMonth(month).from,
            label: formatMonth(month, locale),
          })),
        ]}
        onChange={(event) => {
          onChange(event.currentTarget.value);
        }}
      />
    );
  }
  return (
    <TextInput
      type="date"
      label={t('schedules.from')}
      description={t(`schedules.from.${period}`)}
      error={value === '' || isBegin(value, new Date()) ? undefined : t('schedules.from.wrong')}
      value={value}
      onChange={(event) => {
        onChange(event.currentTarget.value);
      }}
    />
  );
}
