import { Button, Checkbox, Fieldset, Group, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { isPriority, isSize, NO_MODEL, type ModelForm } from '@/features/upstreams/form';

interface ModelFieldsProps {
  models: ModelForm[];
  /** Whether what is missing is said. */
  checked: boolean;
  onChange: (models: ModelForm[]) => void;
}

/** Which models of ours a server answers, and what it calls them. */
export function ModelFields({ models, checked, onChange }: ModelFieldsProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      {models.map((model, index) => (
        <Fieldset
          key={index}
          legend={t('upstreams.form.model', { number: index + 1 })}
          variant="default"
        >
          <OneModel
            model={model}
            checked={checked}
            onChange={(next) => {
              onChange(models.map((one, at) => (at === index ? next : one)));
            }}
            onRemove={
              models.length < 2
                ? undefined
                : () => {
                    onChange(models.filter((_one, at) => at !== index));
                  }
            }
          />
        </Fieldset>
      ))}
      <Group>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            onChange([...models, NO_MODEL]);
          }}
        >
          {t('upstreams.form.addModel')}
        </Button>
      </Group>
    </Stack>
  );
}

interface OneModelProps {
  model: ModelForm;
  checked: boolean;
  onChange: (model: ModelForm) => void;
  onRemove: (() => void) | undefined;
}

function OneModel({ model, checked, onChange, onRemove }: OneModelProps) {
  const { t } = useTranslation();
  const set = (field: keyof Omit<ModelForm, 'reasoning'>, value: string) => {
    onChange({ ...model, [field]: value });
  };
  const missing = (value: string) =>
    checked && value.trim() === '' ? t('upstreams.form.missing') : undefined;
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label={t('upstreams.form.model.ours')}
          error={missing(model.model)}
          value={model.model}
          onChange={(event) => {
            set('model', event.currentTarget.value);
          }}
        />
        <TextInput
          label={t('upstreams.form.model.theirs')}
          error={missing(model.upstream_name)}
          value={model.upstream_name}
          onChange={(event) => {
            set('upstream_name', event.currentTarget.value);
          }}
        />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <TextInput
          label={t('upstreams.form.priority')}
          description={t('upstreams.form.priority.hint')}
          inputMode="numeric"
          error={isPriority(model.priority) ? undefined : t('upstreams.form.priority.wrong')}
          value={model.priority}
          onChange={(event) => {
            set('priority', event.currentTarget.value.trim());
          }}
        />
        {(['context_length', 'max_output_tokens'] as const).map((field) => (
          <TextInput
            key={field}
            label={t(`upstreams.form.${field}`)}
            description={t('upstreams.form.size.hint')}
            inputMode="numeric"
            error={isSize(model[field]) ? undefined : t('upstreams.form.size.wrong')}
            value={model[field]}
            onChange={(event) => {
              set(field, event.currentTarget.value.trim());
            }}
          />
        ))}
      </SimpleGrid>
      <Group justify="space-between">
        <Checkbox
          label={t('upstreams.form.reasoning')}
          checked={model.reasoning}
          onChange={(event) => {
            onChange({ ...model, reasoning: event.currentTarget.checked });
          }}
        />
        {onRemove && (
          <Button size="compact-sm" variant="subtle" color="red" onClick={onRemove}>
            {t('upstreams.form.removeModel')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
