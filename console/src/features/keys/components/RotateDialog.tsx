import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import type { CreatedKey } from '@/features/keys/api/createKey';
import { KEYS, type ApiKey } from '@/features/keys/api/keys';
import { rotateKey } from '@/features/keys/api/rotateKey';
import { FormError } from '@/components/FormError';
import { Secret } from '@/features/keys/components/Secret';
import { maskedKey } from '@/features/keys/keyState';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMoment } from '@/lib/time';

const GRACES = { none: 0, day: 86_400, week: 7 * 86_400, month: 30 * 86_400 };

type Grace = keyof typeof GRACES;

const isGrace = (text: string): text is Grace => text in GRACES;

/** Asks how long the old secret stays good; then shows the new one, once. */
export function RotateDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const client = useQueryClient();
  const [grace, setGrace] = useState<Grace>('day');
  const [rotated, setRotated] = useState<CreatedKey>();
  const [error, setError] = useState<Error>();
  const [busy, setBusy] = useState(false);

  async function rotate() {
    setBusy(true);
    setError(undefined);
    try {
      setRotated(await rotateKey(apiKey, GRACES[grace]));
    } catch (cause) {
      setError(cause instanceof Error ? cause : new Error(String(cause)));
      setBusy(false);
    }
    void client.invalidateQueries({ queryKey: KEYS });
  }

  if (rotated) {
    const until = rotated.key.old_until;
    const when = until === null ? '' : formatMoment(until, locale);
    return (
      <Dialog
        onClose={onClose}
        size="xl"
        title={t('keys.secret.title')}
        closeOnClickOutside={false}
        closeOnEscape={false}
        withCloseButton={false}
      >
        <Secret created={rotated} note={t('keys.rotate.note', { when })} onClose={onClose} />
      </Dialog>
    );
  }
  return (
    <Dialog onClose={onClose} title={t('keys.rotate.title', { name: apiKey.name })}>
      <Stack gap="md">
        {error && <FormError error={error} />}
        <Text size="sm">{t('keys.rotate.body', { key: maskedKey(apiKey) })}</Text>
        <NativeSelect
          label={t('keys.rotate.grace')}
          value={grace}
          data={Object.keys(GRACES)
            .filter(isGrace)
            .map((value) => ({ value, label: t(`keys.rotate.grace.${value}`) }))}
          onChange={(event) => {
            if (isGrace(event.currentTarget.value)) setGrace(event.currentTarget.value);
          }}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('form.cancel')}
          </Button>
          <Button loading={busy} onClick={() => void rotate()}>
            {t('keys.rotate.submit')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
