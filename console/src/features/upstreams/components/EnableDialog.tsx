import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/components/Dialog';
import { FormError } from '@/components/FormError';
import { enable } from '@/features/upstreams/api/changes';
import { Findings } from '@/features/upstreams/components/Findings';
import type { Upstream } from '@/features/upstreams/api/upstreams';
import { Problem } from '@/lib/http';

/** Says what taking a server out of use, or into it again, does; then does it. */
export function EnableDialog({ upstream, onClose }: { upstream: Upstream; onClose: () => void }) {
  const { t } = useTranslation();
  const change = useMutation(enable);
  const stale = change.error instanceof Problem && change.error.status === 412;
  const refused = change.error instanceof Problem ? change.error.probe : undefined;
  const kind = upstream.enabled ? 'disable' : 'enable';
  return (
    <Dialog onClose={onClose} title={t(`upstreams.${kind}.title`, { name: upstream.name })}>
      <Stack gap="md">
        {stale && <Alert color="yellow">{t('upstreams.stale')}</Alert>}
        {change.error && !stale && <FormError error={change.error} />}
        {refused && <Findings probe={refused} ofChange />}
        <Text size="sm">
          {t(`upstreams.${kind}.body`, { running: upstream.standing?.outstanding ?? 0 })}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('form.cancel')}
          </Button>
          <Button
            loading={change.isPending}
            onClick={() => {
              change.mutate({ upstream, enabled: !upstream.enabled }, { onSuccess: onClose });
            }}
          >
            {t(`upstreams.${kind}.submit`, { name: upstream.name })}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
