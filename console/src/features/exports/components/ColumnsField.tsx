import { Checkbox, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Dataset } from '@/features/exports/api/options';
import classes from '@/features/exports/components/ColumnsField.module.css';

interface ColumnsFieldProps {
  dataset: Dataset;
  /** None: all. */
  value: string[] | undefined;
  onChange: (value: string[] | undefined) => void;
}

/** All columns, or some of them in the dataset's order, each with what it says. */
export function ColumnsField({ dataset, value, onChange }: ColumnsFieldProps) {
  const { t } = useTranslation();
  const names = dataset.columns.map(({ name }) => name);
  return (
    <Stack gap="xs">
      <Checkbox
        label={t('exports.columns.every', { count: names.length })}
        checked={value === undefined}
        onChange={(event) => {
          onChange(event.currentTarget.checked ? undefined : names);
        }}
      />
      {value !== undefined && (
        <Checkbox.Group
          label={t('exports.col.columns')}
          error={value.length === 0 ? t('exports.columns.none') : undefined}
          value={value}
          onChange={(chosen) => {
            onChange(names.filter((name) => chosen.includes(name)));
          }}
        >
          <div
            className={classes.scroll}
            role="region"
            tabIndex={0}
            aria-label={t('exports.columns.of', { dataset: dataset.name })}
          >
            <Stack gap="xs">
              {dataset.columns.map(({ name, description }) => (
                <Checkbox key={name} value={name} label={name} description={description} />
              ))}
            </Stack>
          </div>
        </Checkbox.Group>
      )}
    </Stack>
  );
}
