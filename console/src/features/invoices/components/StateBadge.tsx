import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { STATES } from '@/features/invoices/search';

const COLOR = { open: 'blue', draft: 'yellow', finalized: 'teal', void: 'gray' } as const;

/** In which state it is, in words. */
export function StateBadge({ status, size = 'md' }: { status: string; size?: 'md' | 'lg' }) {
  const { t } = useTranslation();
  const known = STATES.find((state) => state === status);
  return (
    <Badge size={size} color={known ? COLOR[known] : 'gray'}>
      {known ? t(`invoices.state.${known}`) : status}
    </Badge>
  );
}
