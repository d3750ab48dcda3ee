import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { useNow } from '@/components/useNow';
import { keysQuery, type ApiKey } from '@/features/keys/api/keys';
import { revokeKey } from '@/features/keys/api/revokeKey';
import { FormError } from '@/components/FormError';
import { maskedKey } from '@/features/keys/keyState';
import { Problem } from '@/lib/http';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatRelative } from '@/lib/time';

/** Names the key, what stops and when it was last used; a stale key is read again first. */
export function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const now = useNow();
  const client = useQueryClient();
  const [key, setKey] = useState(apiKey);
  const revoke = useMutation(revokeKey);
  const stale = revoke.error instanceof Problem && revoke.error.status === 412;

  async function readAgain() {
    const { pages } = await client.infiniteQuery({
      ...keysQuery(key.project_id, key.organization_id),
      staleTime: 0,
    });
    const current = pages.flatMap((page) => page.items).find((item) => item.id === key.id);
    if (current) setKey(current);
  }

  return (
    <Dialog onClose={onClose} title={t('keys.revoke.title', { name: key.name })}>
      <Stack gap="md">
        {stale && <Alert color="yellow">{t('keys.revoke.stale')}</Alert>}
        {revoke.error && !stale && <FormError error={revoke.error} />}
        <Text size="sm">
          {t('keys.revoke.body', { key: maskedKey(key), project: key.project })}{' '}
          {key.last_used_at === null
            ? t('keys.revoke.neverUsed')
            : t('keys.revoke.lastUsed', { when: formatRelative(key.last_used_at, now, locale) })}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('form.cancel')}
          </Button>
          <Button
            color="red.9"
            loading={revoke.isPending}
            disabled={key.revoked_at !== null}
            onClick={() => {
              revoke.mutate(key, {
                onSuccess: onClose,
                onError: (error) => {
                  if (error instanceof Problem && error.status === 412) void readAgain();
                },
              });
            }}
          >
            {t('keys.revoke.named', { name: key.name })}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
