import { Checkbox, Group, SimpleGrid, Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SCOPES } from '@/features/keys/api/keys';
import type { RightsForm } from '@/features/keys/rights';

interface RightsFieldsProps {
  value: RightsForm;
  onChange: (value: RightsForm) => void;
}

/** What a key opens, with which models, and from where. */
export function RightsFields({ value, onChange }: RightsFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <Checkbox.Group
        label={t('keys.form.scopes')}
        error={value.scopes.length === 0 ? t('keys.form.scopeMissing') : undefined}
        value={value.scopes}
        onChange={(chosen) => {
          onChange({ ...value, scopes: SCOPES.filter((scope) => chosen.includes(scope)) });
        }}
      >
        <Group gap="lg" mt={6}>
          {SCOPES.map((scope) => (
            <Checkbox key={scope} value={scope} label={t(`keys.scope.${scope}`)} />
          ))}
        </Group>
      </Checkbox.Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Textarea
          label={t('keys.form.models')}
          description={t('keys.form.models.hint')}
          rows={2}
          classNames={{ input: 'mono' }}
          value={value.models}
          onChange={(event) => {
            onChange({ ...value, models: event.currentTarget.value });
          }}
        />
        <Textarea
          label={t('keys.form.networks')}
          description={t('keys.form.networks.hint')}
          rows={2}
          classNames={{ input: 'mono' }}
          value={value.networks}
          onChange={(event) => {
            onChange({ ...value, networks: event.currentTarget.value });
          }}
        />
      </SimpleGrid>
    </>
  );
}
