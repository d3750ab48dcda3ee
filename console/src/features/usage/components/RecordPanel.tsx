import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyAction } from '@/components/CopyAction';
import { Icon } from '@/components/Icon';
import { Panel } from '@/components/Panel';
import type { Request } from '@/features/usage/api/request';
import { leafHash } from '@/features/usage/leafHash';

type Verdict = 'unasked' | 'verified' | 'refuted' | 'unable';

/** The billed record itself: the browser can hash it and compare. */
export function RecordPanel({ request: { record, leaf_sha256: leaf } }: { request: Request }) {
  const { t } = useTranslation();
  const [verdict, setVerdict] = useState<Verdict>('unasked');
  if (record == null || leaf == null) return null;
  const verify = async () => {
    try {
      setVerdict((await leafHash(record)) === leaf.toLowerCase() ? 'verified' : 'refuted');
    } catch {
      setVerdict('unable');
    }
  };
  return (
    <Panel title={t('request.record')}>
      <Stack gap="sm">
        <Field name={t('request.record.leaf')} value={leaf} />
        <Field name={t('request.record.bytes')} value={record} />
        {verdict === 'unasked' ? (
          <Group>
            <Button variant="default" size="xs" onClick={() => void verify()}>
              {t('request.record.verify')}
            </Button>
          </Group>
        ) : (
          <Alert
            role="status"
            py="xs"
            color={verdict === 'verified' ? 'teal' : 'red'}
            icon={<Icon name={verdict === 'verified' ? 'check' : 'warning'} />}
          >
            {t(`request.record.${verdict}`)}
          </Alert>
        )}
      </Stack>
    </Panel>
  );
}

function Field({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" c="dimmed">
          {name}
        </Text>
        <CopyAction value={value} what={name} />
      </Group>
      <code className="mono">{value}</code>
    </div>
  );
}
