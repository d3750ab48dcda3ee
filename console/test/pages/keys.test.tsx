import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { SECRET } from '../handlers.ts';
import { expectAccessible, renderApp } from '../renderApp.tsx';

const rowOf = async (name: string) => (await screen.findByText(name)).closest('tr')!;

describe('keys', () => {
  it('are listed with state, public id and last four', async () => {
    renderApp('/keys');
    expect(within(await rowOf('web app')).getByText('Live')).toBeVisible();
    expect(within(await rowOf('web app')).getByText('sk-r1-k7Qm2x21…Zp21')).toBeVisible();
    expect(within(await rowOf('never used')).getByText('Expired')).toBeVisible();
    const revoked = within(await rowOf('first try'));
    expect(revoked.getByText('Revoked')).toBeVisible();
    expect(revoked.queryByRole('button')).toBeNull();
    await expectAccessible();
  });

  it('are created with the secret shown once and kept nowhere', async () => {
    const { user, queryClient, history } = renderApp('/keys');
    await rowOf('web app');
    await user.click(screen.getByRole('button', { name: 'Create key' }));
    const dialog = await screen.findByRole('dialog', { name: 'Create key' });
    await user.type(within(dialog).getByLabelText('Name'), 'nightly report');
    await user.selectOptions(within(dialog).getByLabelText('Expires'), 'In 30 days');
    await user.click(within(dialog).getByRole('button', { name: 'Create key' }));
    expect(await screen.findByLabelText('API key')).toHaveValue(SECRET);
    await user.click(screen.getByRole('button', { name: 'Copy key' }));
    expect(await navigator.clipboard.readText()).toBe(SECRET);
    await expectAccessible();
    await user.click(screen.getByRole('button', { name: 'I have copied it' }));
    await waitFor(() => {
      expect(document.body.innerHTML).not.toContain(SECRET);
    });
    expect(within(await rowOf('nightly report')).getByText('in 30 days')).toBeVisible();
    const cached = JSON.stringify([
      queryClient
        .getQueryCache()
        .getAll()
        .map((query) => query.state.data),
      queryClient
        .getMutationCache()
        .getAll()
        .map((mutation) => mutation.state),
    ]);
    expect(cached).not.toContain(SECRET);
    expect(history.location.href).not.toContain(SECRET);
  });

  it('have limits, which are set and reset', async () => {
    const { user } = renderApp('/keys');
    await rowOf('web app');
    await user.click(screen.getByRole('button', { name: 'Limits of web app' }));
    const dialog = await screen.findByRole('dialog', { name: 'Limits of “web app”' });
    const requests = await within(dialog).findByLabelText('Requests a minute');
    expect(within(dialog).getByText(/Nothing is set/)).toBeVisible();
    await user.type(requests, '0');
    expect(within(dialog).getByRole('button', { name: 'Save' })).toBeDisabled();
    await user.clear(requests);
    await user.type(requests, '60');
    await expectAccessible();
    await user.click(within(dialog).getByRole('button', { name: 'Save' }));
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    await user.click(screen.getByRole('button', { name: 'Limits of web app' }));
    const again = await screen.findByRole('dialog');
    expect(await within(again).findByLabelText('Requests a minute')).toHaveValue('60');
    await user.click(within(again).getByRole('button', { name: 'Back to the defaults' }));
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    await user.click(screen.getByRole('button', { name: 'Limits of web app' }));
    expect(await screen.findByLabelText('Requests a minute')).toHaveValue('');
  });

  it('need a name', async () => {
    const { user } = renderApp('/keys');
    await rowOf('web app');
    await user.click(screen.getByRole('button', { name: 'Create key' }));
    const dialog = await screen.findByRole('dialog');
    await user.click(within(dialog).getByRole('button', { name: 'Create key' }));
    expect(within(dialog).getByText('Give it a name.')).toBeVisible();
  });

  it('are created with what they may do', async () => {
    const { user, world } = renderApp('/keys');
    await rowOf('web app');
    await user.click(screen.getByRole('button', { name: 'Create key' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.type(dialog.getByLabelText('Name'), 'dashboard');
    for (const scope of ['Inference', 'Batch', 'Usage (read)'])
      await user.click(dialog.getByRole('checkbox', { name: scope }));
    expect(dialog.getByRole('checkbox', { name: 'Invoices (read)' })).not.toBeChecked();
    await user.click(dialog.getByRole('button', { name: 'Create key' }));
    expect(dialog.getByText('Choose one at least.')).toBeVisible();
    await user.click(dialog.getByRole('checkbox', { name: 'Invoices (read)' }));
    await user.click(dialog.getByRole('checkbox', { name: 'Usage (read)' }));
    await user.type(dialog.getByLabelText('Models'), 'r1-nano');
    await user.type(dialog.getByLabelText('From addresses'), '10.0.0.0/8{enter}2001:db8::/32');
    await expectAccessible();
    await user.click(dialog.getByRole('button', { name: 'Create key' }));
    await user.click(await screen.findByRole('button', { name: 'I have copied it' }));
    expect(world.keys[0]).toMatchObject({
      name: 'dashboard',
      scopes: ['usage:read', 'invoices:read'],
      models: ['r1-nano'],
      networks: ['10.0.0.0/8', '2001:db8::/32'],
    });
    const row = within(await rowOf('dashboard'));
    expect(row.getByText('Usage (read), Invoices (read)')).toBeVisible();
    expect(within(await rowOf('web app')).getByText('All but invoices')).toBeVisible();
  });

  it('manage or run, never both', async () => {
    const { user, world } = renderApp('/keys');
    await rowOf('web app');
    await user.click(screen.getByRole('button', { name: 'Create key' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.type(dialog.getByLabelText('Name'), 'terraform');
    await user.click(dialog.getByRole('checkbox', { name: 'Admin API (read)' }));
    for (const scope of ['Inference', 'Batch', 'Usage (read)'])
      expect(dialog.getByRole('checkbox', { name: scope })).not.toBeChecked();
    await user.click(dialog.getByRole('checkbox', { name: 'Batch' }));
    expect(dialog.getByRole('checkbox', { name: 'Admin API (read)' })).not.toBeChecked();
    await user.click(dialog.getByRole('checkbox', { name: 'Admin API (read)' }));
    await user.click(dialog.getByRole('checkbox', { name: 'Admin API' }));
    await user.click(dialog.getByRole('button', { name: 'Create key' }));
    await user.click(await screen.findByRole('button', { name: 'I have copied it' }));
    expect(world.keys[0]?.scopes).toEqual(['admin:read', 'admin:write']);
    expect(within(await rowOf('terraform')).getByText('Admin API (read), Admin API')).toBeVisible();
  });

  it('are changed, with the expiry that they have', async () => {
    const { user, world } = renderApp('/keys');
    await user.click(await screen.findByRole('button', { name: 'Change evaluation runner' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByLabelText('From addresses')).toHaveValue(
      '10.0.0.0/8\n2001:db8:0:0:0:0:0:0/32',
    );
    await user.clear(dialog.getByLabelText('From addresses'));
    await user.click(dialog.getByRole('checkbox', { name: 'Batch' }));
    await expectAccessible();
    const before = world.keys.find(({ name }) => name === 'evaluation runner')!.expires_at;
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    expect(world.keys.find(({ name }) => name === 'evaluation runner')).toMatchObject({
      scopes: ['inference'],
      models: ['deepseek-r1'],
      networks: [],
      expires_at: before,
    });
  });

  it('get a new secret, which is shown once, and show how long the old one works', async () => {
    const { user } = renderApp('/keys');
    expect(within(await rowOf('month-end batch')).getByText(/Qx81 works/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Rotate never used' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'Rotate web app' }));
    const dialog = await screen.findByRole('dialog', { name: /“web app”/ });
    await user.selectOptions(within(dialog).getByLabelText('The old secret works'), 'For 7 days');
    await expectAccessible();
    await user.click(within(dialog).getByRole('button', { name: 'Make a new secret' }));
    expect(await screen.findByLabelText('API key')).toHaveValue(SECRET);
    await user.click(screen.getByRole('button', { name: 'I have copied it' }));
    await waitFor(() => {
      expect(document.body.innerHTML).not.toContain(SECRET);
    });
    expect(within(await rowOf('web app')).getByText(/Zp21 works, ends in 7 days/)).toBeVisible();
  });

  it('are revoked only after a question that names them', async () => {
    const { user } = renderApp('/keys');
    await user.click(await screen.findByRole('button', { name: 'Revoke mobile app' }));
    const dialog = await screen.findByRole('dialog', { name: 'Revoke “mobile app”?' });
    await expectAccessible();
    await user.click(within(dialog).getByRole('button', { name: 'Revoke mobile app' }));
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    expect(await within(await rowOf('mobile app')).findByText('Revoked')).toBeVisible();
  });

  it('are read again when somebody changed them meanwhile', async () => {
    const { user, world } = renderApp('/keys');
    await user.click(await screen.findByRole('button', { name: 'Revoke web app' }));
    const key = world.keys.find(({ name }) => name === 'web app')!;
    key.version = '7';
    key.name = 'web app (renamed)';
    const revoke = { name: 'Revoke web app' };
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', revoke));
    expect(await screen.findByText(/changed by somebody else/)).toBeVisible();
    const dialog = await screen.findByRole('dialog', { name: 'Revoke “web app (renamed)”?' });
    await user.click(within(dialog).getByRole('button', { name: 'Revoke web app (renamed)' }));
    await waitFor(() => {
      expect(key.revoked_at).not.toBeNull();
    });
  });

  it('of one project only, by the URL', async () => {
    const { user, history } = renderApp('/keys?project_id=13');
    expect(await screen.findByText('month-end batch')).toBeVisible();
    expect(screen.queryByText('web app')).toBeNull();
    await user.selectOptions(screen.getByLabelText('Project'), 'All projects');
    expect(await screen.findByText('web app')).toBeVisible();
    expect(history.location.search).toBe('');
  });

  it('begin with a project and an organization on an empty site', async () => {
    const { user, world } = renderApp('/keys', { empty: true });
    expect(await screen.findByText('Start with a project')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Create key' })).toBeDisabled();
    await user.click(screen.getAllByRole('button', { name: 'New project' })[0]!);
    const dialog = await screen.findByRole('dialog', { name: 'New project' });
    await user.type(await within(dialog).findByLabelText('Name of the organization'), 'Acme');
    await user.type(within(dialog).getByLabelText('Name of the project'), 'First');
    await user.click(within(dialog).getByRole('button', { name: 'Create project' }));
    expect(await screen.findByText('No key yet')).toBeVisible();
    expect(world.projects).toMatchObject([{ name: 'First' }]);
    expect(world.organizations).toMatchObject([{ name: 'Acme' }]);
  });
});
