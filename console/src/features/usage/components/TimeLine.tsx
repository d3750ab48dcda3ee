import { useTranslation } from 'react-i18next';
import { Panel } from '@/components/Panel';
import type { Request } from '@/features/usage/api/request';
import classes from '@/features/usage/components/TimeLine.module.css';
import { useLocale } from '@/lib/i18n/useLocale';
import { formatMillis, formatMomentExact, millisBetween } from '@/lib/time';

/** Admitted, first token, finished: when, and how long in between. */
export function TimeLine({ request }: { request: Request }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { admitted_at: admitted, finished_at: finished, ttft_ms: ttft } = request;
  const total = finished == null ? undefined : millisBetween(admitted, finished);
  const first = ttft == null || ttft <= 0 ? undefined : ttft;
  const share = first !== undefined && total ? Math.min(100, (first / total) * 100) : 0;
  return (
    <Panel title={t('request.timeline')}>
      {total !== undefined && (
        <div className={classes.track} aria-hidden="true">
          <span className={classes.waiting} style={{ width: `${share}%` }} />
        </div>
      )}
      <ol className={classes.events}>
        <Event name={t('request.time.admitted')} when={formatMomentExact(admitted, locale)} />
        {first !== undefined && (
          <Event name={t('request.time.firstToken')} when={`+ ${formatMillis(first)}`} />
        )}
        {finished != null && total !== undefined && (
          <Event
            name={t('request.time.finished')}
            when={`+ ${formatMillis(total)}`}
            title={formatMomentExact(finished, locale)}
          />
        )}
      </ol>
    </Panel>
  );
}

function Event({ name, when, title }: { name: string; when: string; title?: string }) {
  return (
    <li title={title}>
      <span className={classes.name}>{name}</span>
      <span className="number">{when}</span>
    </li>
  );
}
