import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';
import { useNow } from '@/components/useNow';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMomentExact, formatRelative, secondsSince } from '@/lib/time';

const STALE_AFTER_SECONDS = 60;

/** Up to when the numbers are complete; amber with the reason once that is a minute ago. */
export function AsOf({ moment }: { moment: string | null }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const now = useNow();
  if (moment === null) return <Badge color="gray">{t('asOf.never')}</Badge>;
  const stale = secondsSince(moment, now) > STALE_AFTER_SECONDS;
  const when = formatRelative(moment, now, locale);
  const exact = formatMomentExact(moment, locale);
  return (
    <Badge
      color={stale ? 'yellow' : 'teal'}
      title={stale ? `${exact}. ${t('asOf.stale.why')}` : exact}
      leftSection={<Icon name={stale ? 'warning' : 'check'} size={13} />}
    >
      {t(stale ? 'asOf.stale' : 'asOf.fresh', { when })}
    </Badge>
  );
}
