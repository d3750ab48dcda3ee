import { NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMonth, monthOf, shiftMonth } from '@/lib/time';

const MONTHS_BACK = 36;

interface MonthSelectProps {
  month: string | undefined;
  onChange: (month: string | undefined) => void;
}

/** One of the last three years' months, or all of them. */
export function MonthSelect({ month, onChange }: MonthSelectProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const current = monthOf(new Date());
  const months = Array.from({ length: MONTHS_BACK }, (_, back) => shiftMonth(current, -back));
  if (month !== undefined && !months.includes(month)) months.push(month);
  return (
    <NativeSelect
      aria-label={t('month.label')}
      value={month ?? ''}
      data={[
        { value: '', label: t('month.all') },
        ...months.map((value) => ({ value, label: formatMonth(value, locale) })),
      ]}
      onChange={(event) => {
        onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value);
      }}
    />
  );
}
