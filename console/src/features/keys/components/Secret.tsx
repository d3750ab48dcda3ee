import { Alert, Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { CurlLine } from '@/components/CurlLine';
import { Icon } from '@/components/Icon';
import type { CreatedKey } from '@/features/keys/api/createKey';

interface SecretProps {
  created: CreatedKey;
  /** What else is to be known about it. */
  note?: string;
  onClose: () => void;
}

/** The secret of a key, shown once. */
export function Secret({ created, note, onClose }: SecretProps) {
  const { t } = useTranslation();
  const clipboard = useClipboard({ timeout: 4000 });
  return (
    <Stack gap="md">
      <Alert color="yellow" icon={<Icon name="warning" />}>
        {t('keys.secret.warning', { name: created.key.name })} {note}
      </Alert>
      <Group gap="sm" align="flex-end">
        <Textarea
          flex="1 1 20rem"
          readOnly
          rows={2}
          label={t('keys.secret.label')}
          value={created.secret}
          classNames={{ input: 'mono secret' }}
          onFocus={(event) => {
            event.currentTarget.select();
          }}
        />
        <Button
          data-autofocus
          aria-live="polite"
          color={clipboard.copied ? 'teal' : undefined}
          leftSection={<Icon name={clipboard.copied ? 'check' : 'copy'} size={16} />}
          onClick={() => {
            clipboard.copy(created.secret);
          }}
        >
          {t(clipboard.copied ? 'copy.copied' : 'keys.secret.copy')}
        </Button>
      </Group>
      <div>
        <Text size="sm" fw={500} mb={4}>
          {t('keys.secret.try')}
        </Text>
        <CurlLine apiKey={created.secret} />
      </div>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('keys.secret.done')}
        </Button>
      </Group>
    </Stack>
  );
}
