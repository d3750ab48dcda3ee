import { useNow } from '@/components/useNow';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMoment, formatRelative } from '@/lib/time';

/** How long ago, with the moment itself on hover; a dash where there is none. */
export function Ago({ at }: { at: string | null }) {
  const locale = useLocale();
  const now = useNow();
  if (at === null) return '–';
  return (
    <time dateTime={at} title={formatMoment(at, locale)}>
      {formatRelative(at, now, locale)}
    </time>
  );
}

/** A moment to the minute; a dash where there is none. */
export function Moment({ at }: { at: string | null | undefined }) {
  const locale = useLocale();
  return at == null ? '–' : <time dateTime={at}>{formatMoment(at, locale)}</time>;
}
