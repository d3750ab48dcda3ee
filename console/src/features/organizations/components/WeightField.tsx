import { TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isWeight } from '@/features/organizations/weight';

/** The share of a contended engine. */
export function WeightField({
  value,
  onChange,
}: {
  value: string;
  onChange: (value: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <TextInput
      label={t('organizations.form.weight')}
      description={t('organizations.form.weight.hint')}
      inputMode="numeric"
      error={isWeight(value) ? undefined : t('organizations.form.weight.wrong')}
      value={value}
      onChange={(event) => {
        onChange(event.currentTarget.value.trim());
      }}
    />
  );
}
