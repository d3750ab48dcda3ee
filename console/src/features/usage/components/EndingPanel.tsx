import { Badge, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ClassBar } from '@/components/charts/ClassBar';
import { Panel } from '@/components/Panel';
import type { Request } from '@/features/usage/api/request';
import { endingWords, finishColor, finishLabel } from '@/features/usage/finish';
import { totalTokens } from '@/lib/tokens';

/** Why it ended, what was charged and what was not, in words. */
export function EndingPanel({ request }: { request: Request }) {
  const { t } = useTranslation();
  const flags = request.flags ?? [];
  return (
    <Panel
      title={t('request.ending')}
      action={<Badge color={finishColor(request.finish)}>{finishLabel(t, request.finish)}</Badge>}
    >
      <Stack gap="sm">
        <Text size="sm">{endingWords(t, request).join(' ')}</Text>
        {flags.includes('recovered') && <Text size="sm">{t('request.recovered')}</Text>}
        {flags.includes('gateway_count') && <Text size="sm">{t('request.gatewayCount')}</Text>}
        {flags.includes('foreign_upstream') && <Text size="sm">{t('request.foreign')}</Text>}
        {flags.includes('usage_flagged') && <Text size="sm">{t('request.usageFlagged')}</Text>}
        {totalTokens(request.tokens) !== '0' && (
          <Group wrap="nowrap">
            <ClassBar counts={request.tokens} height={10} />
          </Group>
        )}
      </Stack>
    </Panel>
  );
}
