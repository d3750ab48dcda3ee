import { VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Icon } from '@/components/Icon';
import { Lines } from '@/components/Lines';
import { Panel } from '@/components/Panel';
import { QueryState } from '@/components/QueryState';
import classes from '@/features/members/components/MatrixPanel.module.css';
import { roleLabel } from '@/features/members/roles';
import { isPermission } from '@/lib/permissions';
import { matrixQuery, type Matrix } from '@/lib/roles';

/** What each role may do, as the server's routes ask it. */
export function MatrixPanel() {
  const { t } = useTranslation();
  const query = useQuery(matrixQuery);
  return (
    <Panel title={t('matrix.title')} summary={t('matrix.summary')}>
      <QueryState query={query} what={t('matrix.what')} skeleton={<Lines count={6} />}>
        {(matrix) => <MatrixTable matrix={matrix} />}
      </QueryState>
    </Panel>
  );
}

function MatrixTable({ matrix }: { matrix: Matrix }) {
  const { t } = useTranslation();
  return (
    <div className={classes.scroll} role="region" aria-label={t('matrix.table')} tabIndex={0}>
      <table className={classes.matrix}>
        <thead>
          <tr>
            <th scope="col">{t('matrix.permission')}</th>
            {matrix.roles.map(({ role }) => (
              <th scope="col" key={role}>
                {roleLabel(t, role)}
              </th>
            ))}
            <th scope="col">{t('matrix.operator')}</th>
          </tr>
        </thead>
        <tbody>
          {matrix.permissions.map(({ permission, by_project: byProject, operator, roles }) => (
            <tr key={permission}>
              <th scope="row">
                {isPermission(permission) ? t(`permission.${permission}`) : permission}
                {byProject && <span className={classes.note}> {t('matrix.byProject')}</span>}
              </th>
              {matrix.roles.map(({ role }) => (
                <Cell key={role} given={roles.includes(role)} />
              ))}
              <Cell given={operator} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ given }: { given: boolean }) {
  const { t } = useTranslation();
  return (
    <td>
      {given ? <Icon name="check" size={16} /> : <span aria-hidden="true">–</span>}
      <VisuallyHidden>{t(given ? 'matrix.yes' : 'matrix.no')}</VisuallyHidden>
    </td>
  );
}
