import { Checkbox, Group, SimpleGrid, Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ADMIN_SCOPES, ALL_SCOPES, SCOPES, type Scope } from '@/features/keys/api/keys';
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
        description={t('keys.form.scopes.hint')}
        error={value.scopes.length === 0 ? t('keys.form.scopeMissing') : undefined}
        value={value.scopes}
        onChange={(chosen) => {
          onChange({ ...value, scopes: withoutMixing(value.scopes, chosen) });
        }}
      >
        <Group gap="lg" mt={6}>
          {ALL_SCOPES.map((scope) => (
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

/** A key that manages runs nothing: what is chosen last decides which of them it is. */
function withoutMixing(before: Scope[], chosen: string[]): Scope[] {
  const added = chosen.find((scope) => !before.some((one) => one === scope));
  const manages = (added === undefined ? chosen : [added]).some((scope) => isAdmin(scope));
  const offered: readonly Scope[] = manages ? ADMIN_SCOPES : SCOPES;
  return offered.filter((scope) => chosen.includes(scope));
}

function isAdmin(scope: string): boolean {
  return ADMIN_SCOPES.some((one) => one === scope);
}
