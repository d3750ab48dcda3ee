import { screen, within } from '@testing-library/react';
import { http } from 'msw';
import { describe, expect, it } from 'vitest';
import { problem } from '../answers.ts';
import type { Who } from '../people.ts';
import { expectAccessible, renderApp } from '../renderApp.tsx';

const MENU: [Who, string[]][] = [
  [
    'operator',
    [
      'Overview',
      'Usage',
      'Keys',
      'Projects',
      'Members & roles',
      'Invoices',
      'Billing',
      'Exports',
      'Audit log',
      'Organizations',
      'Upstreams',
      'Reconciliation',
    ],
  ],
  [
    'owner',
    [
      'Overview',
      'Usage',
      'Keys',
      'Projects',
      'Members & roles',
      'Invoices',
      'Billing',
      'Exports',
      'Audit log',
    ],
  ],
  [
    'admin',
    [
      'Overview',
      'Usage',
      'Keys',
      'Projects',
      'Members & roles',
      'Invoices',
      'Billing',
      'Exports',
      'Audit log',
    ],
  ],
  ['developer', ['Overview', 'Usage', 'Keys', 'Projects']],
  ['finance', ['Overview', 'Usage', 'Projects', 'Invoices', 'Billing', 'Exports', 'Audit log']],
  ['viewer', ['Overview', 'Usage', 'Projects']],
  ['project developer', ['Usage', 'Keys', 'Projects']],
  ['project viewer', ['Usage', 'Projects']],
];

describe('the console of a role', () => {
  it.each(MENU)('shows %s the pages that it opens', async (who, pages) => {
    renderApp('/usage', { who });
    const nav = within(await screen.findByRole('navigation', { name: 'Main' }));
    expect(nav.getAllByRole('link').map((link) => link.textContent)).toEqual(pages);
  });

  it.each([
    ['/members', 'developer', 'Members & roles'],
    ['/audit', 'viewer', 'See the audit log'],
    ['/keys', 'finance', 'See API keys'],
  ] as [string, Who, string][])('refuses %s to a %s and says who helps', async (path, who) => {
    renderApp(path, { who });
    const alert = await screen.findByRole('alert');
    expect(
      await screen.findByRole('heading', { name: 'This page is not open to you' }),
    ).toBeVisible();
    expect(await within(alert).findByText(/These roles give it: Owner, Admin/)).toBeVisible();
    expect(await within(alert).findByText('owner@acme.example (Owner)')).toBeVisible();
    expect(screen.getByRole('navigation', { name: 'Main' })).toBeVisible();
    await expectAccessible();
  });

  it('leaves what is the site’s to operators', async () => {
    renderApp('/reconciliation', { who: 'owner' });
    expect(await screen.findByText('Only operators of this site have it.')).toBeVisible();
  });

  it('begins with the first page that a role of one project opens', async () => {
    const { history } = renderApp('/', { who: 'project developer' });
    expect(await screen.findByRole('heading', { name: 'Usage' })).toBeVisible();
    expect(history.location.pathname).toBe('/console/usage');
  });

  it('says so to somebody without any role', async () => {
    renderApp('/', { who: 'nobody' });
    expect(
      await screen.findByRole('heading', { name: 'This page is not open to you' }),
    ).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Usage' })).toBeNull();
    await expectAccessible();
  });

  it('explains a refusal by the server like one of its own', async () => {
    const more = { permission: 'audit_read', roles: ['owner', 'admin', 'finance'] };
    renderApp('/audit', {
      who: 'owner',
      before: [
        http.get('*/admin/api/audit', () => problem(403, 'forbidden', 'forbidden', {}, more)),
      ],
    });
    expect(await screen.findByText('It needs: See the audit log.')).toBeVisible();
    expect(await screen.findByText(/Owner, Admin, Finance/)).toBeVisible();
  });

  it('has no button for what the role may not do', async () => {
    renderApp('/keys', { who: 'developer' });
    expect(await screen.findByRole('button', { name: 'Change web app' })).toBeVisible();
    expect(screen.getByRole('button', { name: 'Create key' })).toBeVisible();
    expect(screen.queryByRole('button', { name: 'New project' })).toBeNull();
  });

  it('lets nobody but operators set limits', async () => {
    const { user } = renderApp('/keys', { who: 'owner' });
    await user.click(await screen.findByRole('button', { name: 'Limits of web app' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(await dialog.findByText('Limits are set by the operator of this site.')).toBeVisible();
    expect(dialog.queryByRole('button', { name: 'Save' })).toBeNull();
    expect(dialog.getByLabelText('Requests a minute')).toHaveAttribute('readonly');
  });
});

describe('an operator in a tenant', () => {
  it('sees its name in a frame, on every page, until he leaves', async () => {
    const { user, history } = renderApp('/usage?organization_id=2');
    const frame = within(await screen.findByRole('region', { name: 'Another organization' }));
    expect(await frame.findByText('You are looking into Northwind')).toBeVisible();
    await expectAccessible();
    await user.click(screen.getByRole('link', { name: 'Keys' }));
    expect(await screen.findByText('month-end batch')).toBeVisible();
    expect(screen.queryByText('web app')).toBeNull();
    expect(history.location.search).toBe('?organization_id=2');
    await user.click(screen.getByRole('button', { name: 'Leave' }));
    expect(await screen.findByRole('heading', { name: 'Overview' })).toBeVisible();
    expect(screen.queryByText(/You are looking into/)).toBeNull();
    expect(history.location.search).toBe('');
  });

  it('is not framed at home', async () => {
    renderApp('/', { who: 'owner' });
    await screen.findByRole('heading', { name: 'Overview' });
    expect(screen.queryByText(/You are looking into/)).toBeNull();
    expect(screen.queryByLabelText('Organization')).toBeNull();
  });
});
