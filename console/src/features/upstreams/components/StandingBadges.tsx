import { Badge, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Standing, Upstream } from '@/features/upstreams/api/upstreams';

const BREAKER = { closed: 'teal', half_open: 'yellow', open: 'red' } as const;

/** Whether a server is in use. */
export function UseBadge({ upstream: { enabled, standing } }: { upstream: Upstream }) {
  const { t } = useTranslation();
  if (!enabled) return <Badge color="gray">{t('upstreams.disabled')}</Badge>;
  return standing === null ? (
    <Badge color="yellow">{t('upstreams.notYet')}</Badge>
  ) : (
    <Badge color="teal">{t('upstreams.enabled')}</Badge>
  );
}

/** Health and circuit breaker, in words. */
export function StandingBadges({ standing }: { standing: Standing | null }) {
  const { t } = useTranslation();
  if (standing === null) return '–';
  return (
    <Group gap={6} wrap="wrap">
      <Badge color={standing.healthy ? 'teal' : 'red'}>
        {t(standing.healthy ? 'upstreams.healthy' : 'upstreams.unhealthy')}
      </Badge>
      <Badge color={BREAKER[standing.breaker]}>{t(`upstreams.breaker.${standing.breaker}`)}</Badge>
    </Group>
  );
}

/** Whether its counts were believed: how many of its last problems are doubts about usage. */
export function BeliefBadge({ standing }: { standing: Standing | null }) {
  const { t } = useTranslation();
  if (standing === null) return '–';
  const flags = standing.problems.filter(({ why }) => why.startsWith('usage_')).length;
  return flags === 0 ? (
    <Badge color="teal">{t('upstreams.believed')}</Badge>
  ) : (
    <Badge color="red">{t('upstreams.flagged', { count: flags })}</Badge>
  );
}
