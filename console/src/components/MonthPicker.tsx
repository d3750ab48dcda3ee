import { ActionIcon, Group, NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMonth, monthOf, shiftMonth } from '@/lib/time';

const MONTHS_BACK = 24;

interface MonthPickerProps {
  /** `2026-11`, or undefined while another period is chosen. */
  month: string | undefined;
  otherLabel?: string | undefined;
  onChange: (month: string) => void;
}

/** Billing month, back to two years ago and never into the future. */
export function MonthPicker({ month, otherLabel, onChange }: MonthPickerProps) {
  const { t } = useTranslation();
  const locale = useLocale();
  const current = monthOf(new Date());
  const months = Array.from({ length: MONTHS_BACK }, (_, back) => shiftMonth(current, -back));
  if (month !== undefined && !months.includes(month)) months.push(month);
  const data = months.map((value) => ({ value, label: formatMonth(value, locale) }));
  if (month === undefined) data.unshift({ value: '', label: otherLabel ?? '…' });
  return (
    <Group gap={4} wrap="nowrap">
      <Step
        name="left"
        label={t('month.previous')}
        disabled={month === undefined}
        onClick={() => {
          if (month !== undefined) onChange(shiftMonth(month, -1));
        }}
      />
      <NativeSelect
        aria-label={t('month.label')}
        data={data}
        value={month ?? ''}
        onChange={(event) => {
          if (event.currentTarget.value !== '') onChange(event.currentTarget.value);
        }}
      />
      <Step
        name="right"
        label={t('month.next')}
        disabled={month === undefined || month >= current}
        onClick={() => {
          if (month !== undefined) onChange(shiftMonth(month, 1));
        }}
      />
    </Group>
  );
}

interface StepProps {
  name: 'left' | 'right';
  label: string;
  disabled: boolean;
  onClick: () => void;
}

function Step({ name, label, disabled, onClick }: StepProps) {
  return (
    <ActionIcon
      variant="default"
      size="input-sm"
      aria-label={label}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={name} size={16} />
    </ActionIcon>
  );
}
