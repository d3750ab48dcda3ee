import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Sum } from '@/components/amounts';
import { Panel } from '@/components/Panel';
import type { Overview } from '@/features/overview/api/overview';
import classes from '@/features/overview/components/TopProjects.module.css';
import { formatShares, shareOfUsd, toPico } from '@/lib/money';
import { rangeOfMonth } from '@/lib/time';

/** The projects that cost most in the month, with their share of its cost. */
export function TopProjects({ overview, month }: { overview: Overview; month: string }) {
  const { t } = useTranslation();
  const range = rangeOfMonth(month);
  const shares = formatShares(
    overview.top_projects.map((project) => toPico(project.cost)),
    toPico(overview.cost),
  );
  return (
    <Panel
      title={t('overview.topProjects')}
      action={
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link to="/usage" search={{ ...range, group_by: 'project' }} {...props} />
          )}
        >
          {t('overview.topProjects.all')}
        </Anchor>
      }
    >
      {overview.top_projects.length === 0 && (
        <Text c="dimmed">{t('overview.topProjects.none')}</Text>
      )}
      <ul className={classes.list}>
        {overview.top_projects.map((project, index) => {
          const part = shareOfUsd(project.cost, overview.cost);
          return (
            <li key={project.id}>
              <Link
                to="/usage"
                search={{ ...range, group_by: 'key', project_id: project.id }}
                className={classes.project}
              >
                <span className={classes.name}>{project.name}</span>
                <span className={classes.track}>
                  <span className={classes.fill} style={{ width: `${part * 100}%` }} />
                </span>
                <span className={classes.share}>{shares[index]}</span>
                <span className={classes.cost}>
                  <Sum usd={project.cost} />
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
