import { Burger } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useMatches, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { RefusedPage } from '@/app/failures';
import { PAGES } from '@/app/pages';
import classes from '@/app/Shell.module.css';
import { ShellControls } from '@/app/ShellControls';
import { OrganizationSwitch, SuspendedNotice, TenantFrame } from '@/app/Tenant';
import { Brand } from '@/components/Brand';
import { ClassPatterns } from '@/components/charts/ClassPatterns';
import { Icon } from '@/components/Icon';
import { useViewer } from '@/components/useViewer';

/** Navigation beside the page, above it on a phone; what the viewer may not open is absent. */
export function Shell() {
  const { t } = useTranslation();
  const [open, { toggle, close }] = useDisclosure(false);
  const viewer = useViewer();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const needed = useMatches({ select: (matches) => matches.at(-1)?.staticData.needs });
  const refused = needed !== undefined && !viewer.may(needed) ? needed : undefined;
  const main = useRef<HTMLElement>(null);
  useEffect(close, [path, close]);
  return (
    <div className={classes.shell}>
      <a
        className={classes.skip}
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {t('app.skip')}
      </a>
      <ClassPatterns />
      <aside aria-label={t('app.name')} className={classes.side} data-open={open || undefined}>
        <div className={classes.sticky}>
          <div className={classes.top}>
            <Link to="/" className={classes.home}>
              <Brand />
            </Link>
            <Burger
              className={classes.burger}
              size="sm"
              opened={open}
              onClick={toggle}
              aria-label={t('app.menu')}
              aria-expanded={open}
            />
          </div>
          <div className={classes.drawer}>
            <OrganizationSwitch />
            <nav aria-label={t('nav.label')} className={classes.nav}>
              {PAGES.filter(({ needs }) => viewer.may(needs)).map(({ to, name }) => (
                <Link
                  key={to}
                  to={to}
                  className={classes.link}
                  data-active={isActive(to, path) || undefined}
                  aria-current={isActive(to, path) ? 'page' : undefined}
                >
                  <Icon name={name} />
                  {t(`nav.${name}`)}
                </Link>
              ))}
            </nav>
            <ShellControls />
          </div>
        </div>
      </aside>
      <TenantFrame>
        <main id="main" ref={main} tabIndex={-1} className={classes.main}>
          <SuspendedNotice />
          {refused ? <RefusedPage permission={refused} /> : <Outlet />}
        </main>
      </TenantFrame>
    </div>
  );
}

function isActive(to: string, path: string): boolean {
  if (to === '/') return path === '/';
  if (to === '/usage' && path.startsWith('/requests')) return true;
  if (to === '/invoices' && path.startsWith('/revenue')) return true;
  if (to === '/billing' && path.startsWith('/tax-rules')) return true;
  return path.startsWith(to);
}
