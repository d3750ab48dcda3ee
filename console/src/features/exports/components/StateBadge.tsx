import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Status } from '@/features/exports/api/jobs';

const COLOR = {
  waiting: 'blue',
  running: 'blue',
  done: 'teal',
  failed: 'red',
  cancelled: 'gray',
} as const;

/** In which state an export is, in words. */
export function StateBadge({ status, size = 'md' }: { status: Status; size?: 'md' | 'lg' }) {
  const { t } = useTranslation();
  return (
    <Badge size={size} color={COLOR[status]}>
      {t(`exports.state.${status}`)}
    </Badge>
  );
}
