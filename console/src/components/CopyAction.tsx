import { ActionIcon } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';

/** A small button that copies a value and says so, also to a screen reader. */
export function CopyAction({ value, what }: { value: string; what: string }) {
  const { t } = useTranslation();
  const clipboard = useClipboard();
  return (
    <ActionIcon
      variant="subtle"
      color={clipboard.copied ? 'teal' : 'gray'}
      aria-label={clipboard.copied ? t('copy.copied') : t('copy.value', { what })}
      title={clipboard.copied ? t('copy.copied') : t('copy.value', { what })}
      aria-live="polite"
      onClick={() => {
        clipboard.copy(value);
      }}
    >
      <Icon name={clipboard.copied ? 'check' : 'copy'} size={16} />
    </ActionIcon>
  );
}
