import { Badge, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Moment } from '@/components/Moment';
import { useNow } from '@/components/useNow';
import type { Schedule } from '@/features/exports/api/schedules';

const COLOR = { active: 'teal', paused: 'yellow', closed: 'gray' } as const;

interface ScheduleBadgeProps {
  status: Schedule['status'];
  size?: 'md' | 'lg';
}

/** In which state a schedule is, in words. */
export function ScheduleBadge({ status, size = 'md' }: ScheduleBadgeProps) {
  const { t } = useTranslation();
  return (
    <Badge size={size} color={COLOR[status]}>
      {t(`schedules.state.${status}`)}
    </Badge>
  );
}

/** Why it is late, and when it is tried again; nothing where it is not. */
export function Late({ schedule }: { schedule: Schedule }) {
  const { error } = schedule;
  if (error == null || schedule.status === 'closed') return null;
  return (
    <>
      <Text size="xs">{error}</Text>
      <Text size="xs" c="dimmed">
        <Again schedule={schedule} />
      </Text>
    </>
  );
}

/** When a run that failed is tried again. */
export function Again({ schedule }: { schedule: Schedule }) {
  const { t } = useTranslation();
  const now = useNow();
  const at = schedule.retry_at;
  if (schedule.status === 'paused') return t('schedules.again.paused');
  if (schedule.export_id == null) return t('schedules.again.soon');
  if (at == null || Date.parse(at) <= now.getTime()) return t('schedules.again.now');
  return (
    <>
      {t('schedules.again.at')} <Moment at={at} />
    </>
  );
}
