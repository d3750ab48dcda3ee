import { useTranslation } from 'react-i18next';
import { Link } from '@tanstack/react-router';
import { Panel } from '@/components/Panel';
import type { Request } from '@/features/usage/api/request';
import classes from '@/features/usage/components/ChargePanel.module.css';
import { rangeOfMonth } from '@/lib/time';

/** Whose request it was; project and key open their usage of that month. */
export function WhoPanel({ request }: { request: Request }) {
  const { t } = useTranslation();
  const { organization, project, api_key: key } = request;
  const range = rangeOfMonth(request.admitted_at.slice(0, 7));
  const streamed = request.flags?.includes('stream');
  return (
    <Panel title={t('request.who')}>
      <dl className={`${classes.notes} ${classes.narrow}`}>
        <div>
          <dt>{t('request.organization')}</dt>
          <dd>{organization?.name ?? '–'}</dd>
        </div>
        <div>
          <dt>{t('request.project')}</dt>
          <dd>
            {project ? (
              <Link
                to="/usage"
                search={{ ...range, group_by: 'key', project_id: project.id }}
                className="rowLink"
              >
                {project.name}
              </Link>
            ) : (
              '–'
            )}
          </dd>
        </div>
        <div>
          <dt>{t('request.key')}</dt>
          <dd>
            {key ? (
              <Link
                to="/usage"
                search={{ ...range, group_by: 'day', api_key_id: key.id }}
                className="rowLink"
              >
                {key.name}
              </Link>
            ) : (
              '–'
            )}
          </dd>
        </div>
        <div>
          <dt>{t('request.model')}</dt>
          <dd>{request.model}</dd>
        </div>
        {request.flags && (
          <div>
            <dt>{t('request.mode')}</dt>
            <dd>{t(streamed ? 'request.mode.stream' : 'request.mode.plain')}</dd>
          </div>
        )}
      </dl>
    </Panel>
  );
}
