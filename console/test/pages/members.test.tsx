import { screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { describe, expect, it } from 'vitest';
import { problem } from '../answers.ts';
import { TOKEN } from '../people.ts';
import { expectAccessible, renderApp } from '../renderApp.tsx';

const membersTable = () => screen.findByRole('table', { name: 'Members' });
const rowOf = async (email: string) =>
  within(
    within(await membersTable())
      .getByText(email)
      .closest('tr')!,
  );

describe('members', () => {
  it('are listed with role, place and where the role comes from', async () => {
    renderApp('/members', { who: 'owner' });
    const dev = await rowOf('dev@acme.example');
    expect(await dev.findByText('Homework helper')).toBeVisible();
    expect(dev.getByText('Developer')).toBeVisible();
    const money = await rowOf('money@acme.example');
    expect(money.getByText('A group')).toBeVisible();
    expect(money.queryByRole('button')).toBeNull();
    const mapping = within(
      await screen.findByRole('table', { name: 'Groups of the identity provider' }),
    );
    expect(mapping.getByText('acme-chat').closest('tr')).toHaveTextContent('Homework helper');
    await screen.findByText('Read stored prompts and answers');
    await expectAccessible();
  });

  it('show the matrix that the server sends', async () => {
    renderApp('/members', { who: 'owner' });
    const row = (await screen.findByText('Read stored prompts and answers')).closest('tr')!;
    expect(
      within(row)
        .getAllByRole('cell')
        .map((cell) => cell.textContent),
    ).toEqual(['yes', 'yes', 'yes', '–no', '–no', '–no']);
  });

  it('leave owners to owners', async () => {
    renderApp('/members', { who: 'admin' });
    const owner = await rowOf('owner@acme.example');
    expect(owner.getByText('Owners change owners')).toBeVisible();
    expect(owner.queryByRole('button')).toBeNull();
    expect((await rowOf('dev@acme.example')).getAllByRole('button')).toHaveLength(2);
  });

  it('get another role by a button that names it', async () => {
    const { user, people } = renderApp('/members', { who: 'owner' });
    await membersTable();
    await user.click(screen.getByRole('button', { name: 'Change the role of admin@acme.example' }));
    const dialog = await screen.findByRole('dialog', { name: 'Role of admin@acme.example' });
    await user.selectOptions(within(dialog).getByLabelText('Role'), 'Finance');
    await expectAccessible();
    await user.click(within(dialog).getByRole('button', { name: 'Make Finance' }));
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    expect(people.members[1]).toMatchObject({ role: 'finance', version: '1' });
  });

  it('show a conflict side by side: keep mine', async () => {
    const { user, people } = renderApp('/members', { who: 'owner' });
    await membersTable();
    await user.click(screen.getByRole('button', { name: 'Change the role of admin@acme.example' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.selectOptions(dialog.getByLabelText('Role'), 'Finance');
    Object.assign(people.members[1]!, { role: 'viewer', version: '5' });
    await user.click(dialog.getByRole('button', { name: 'Make Finance' }));
    const alert = await dialog.findByRole('alert');
    expect(within(alert).getByRole('row', { name: /^Role/ })).toHaveTextContent(
      'RoleFinanceViewer',
    );
    await expectAccessible();
    await user.click(within(alert).getByRole('button', { name: 'Save mine' }));
    await waitFor(() => {
      expect(people.members[1]).toMatchObject({ role: 'finance', version: '6' });
    });
  });

  it('show a conflict side by side: take theirs', async () => {
    const { user, people } = renderApp('/members', { who: 'owner' });
    await membersTable();
    await user.click(screen.getByRole('button', { name: 'Change the role of admin@acme.example' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.selectOptions(dialog.getByLabelText('Role'), 'Finance');
    Object.assign(people.members[1]!, { role: 'viewer', version: '5' });
    await user.click(dialog.getByRole('button', { name: 'Make Finance' }));
    await user.click(await dialog.findByRole('button', { name: 'Take theirs' }));
    expect(dialog.getByLabelText('Role')).toHaveValue('viewer');
    expect(dialog.queryByRole('alert')).toBeNull();
    expect(people.members[1]).toMatchObject({ role: 'viewer', version: '5' });
  });

  it('are removed only after a question that names them', async () => {
    const { user, people } = renderApp('/members', { who: 'owner' });
    await membersTable();
    await user.click(screen.getByRole('button', { name: 'Remove dev@acme.example' }));
    const dialog = await screen.findByRole('dialog', { name: 'Remove dev@acme.example?' });
    expect(dialog).toHaveTextContent('no longer Developer (Homework helper)');
    await expectAccessible();
    await user.click(within(dialog).getByRole('button', { name: 'Remove dev@acme.example' }));
    await waitFor(() => {
      expect(people.members.map(({ id }) => id)).toEqual(['1', '2', '4']);
    });
  });

  it('type their own address before they remove themselves', async () => {
    const { user, people } = renderApp('/members', { who: 'admin' });
    await membersTable();
    await user.click(screen.getByRole('button', { name: 'Remove admin@acme.example' }));
    const dialog = within(await screen.findByRole('dialog'));
    const remove = dialog.getByRole('button', { name: 'Remove admin@acme.example' });
    expect(remove).toBeDisabled();
    await user.type(dialog.getByLabelText(/^This is you/), 'admin@acme.example');
    await user.click(remove);
    await waitFor(() => {
      expect(people.members.map(({ id }) => id)).toEqual(['1', '3', '4']);
    });
  });

  it('are asked for of one organization, which an operator chooses', async () => {
    const { user } = renderApp('/members');
    expect(await screen.findByText('Choose an organization')).toBeVisible();
    await expectAccessible();
    await screen.findByRole('option', { name: 'Acme Research' });
    await user.selectOptions(screen.getByLabelText('Organization'), 'Acme Research');
    await user.click(await screen.findByRole('link', { name: 'Members & roles' }));
    expect(await membersTable()).toBeVisible();
  });

  it('say when there are none', async () => {
    renderApp('/members?organization_id=2');
    expect(await screen.findByText('Nobody has a role here yet')).toBeVisible();
    expect(
      screen.getByText('No group and no domain has a role in this organization.'),
    ).toBeVisible();
    await expectAccessible();
  });

  it('say why they cannot be read', async () => {
    renderApp('/members', {
      who: 'owner',
      before: [http.get('*/admin/api/members', () => problem(500, 'internal_error', 'broken'))],
    });
    const alert = await screen.findByRole('alert', {}, { timeout: 4000 });
    expect(alert).toHaveTextContent('broken');
    expect(within(alert).getByRole('button', { name: 'Retry' })).toBeVisible();
    expect(await screen.findByText('new@acme.example')).toBeVisible();
    await expectAccessible();
  });
});

describe('invitations', () => {
  it('are made with a link that is shown once and kept nowhere', async () => {
    const { user, queryClient, history, people } = renderApp('/members', { who: 'admin' });
    await membersTable();
    await user.click(screen.getByRole('button', { name: 'Invite' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Invite' }));
    expect(dialog.queryByRole('option', { name: 'Owner' })).toBeNull();
    await user.click(dialog.getByRole('button', { name: 'Make the link' }));
    expect(dialog.getByText('An email address')).toBeVisible();
    await user.type(dialog.getByLabelText('Email'), 'eve@acme.example');
    await user.selectOptions(dialog.getByLabelText('Role'), 'Finance');
    await user.selectOptions(dialog.getByLabelText('Where'), 'Homework helper');
    expect(dialog.queryByRole('option', { name: 'Finance' })).toBeNull();
    expect(dialog.getByLabelText('Role')).toHaveValue('viewer');
    await expectAccessible();
    await user.click(dialog.getByRole('button', { name: 'Make the link' }));
    const link = `${window.location.origin}/admin/login/oidc?invitation=${TOKEN}`;
    expect(await screen.findByLabelText('Invitation link')).toHaveValue(link);
    await user.click(screen.getByRole('button', { name: 'Copy link' }));
    expect(await navigator.clipboard.readText()).toBe(link);
    await expectAccessible();
    await user.click(screen.getByRole('button', { name: 'I have copied it' }));
    await waitFor(() => {
      expect(document.body.innerHTML).not.toContain(TOKEN);
    });
    expect(await screen.findByText('eve@acme.example')).toBeVisible();
    expect(people.invitations[0]).toMatchObject({ project_id: '11', role: 'viewer' });
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
    expect(cached).not.toContain(TOKEN);
    expect(history.location.href).not.toContain(TOKEN);
  });

  it('are open ones, and past ones when asked', async () => {
    const { user, history } = renderApp('/members', { who: 'owner' });
    expect(await screen.findByText('new@acme.example')).toBeVisible();
    expect(screen.queryByText('came@acme.example')).toBeNull();
    await user.click(screen.getByRole('switch', { name: 'Also past ones' }));
    expect(await screen.findByText('came@acme.example')).toBeVisible();
    expect(screen.getByText('Accepted')).toBeVisible();
    expect(screen.getByText('Expired')).toBeVisible();
    expect(history.location.search).toBe('?past=1');
  });

  it('are taken back after a question', async () => {
    const { user, people } = renderApp('/members', { who: 'owner' });
    const name = 'Take back the invitation of new@acme.example';
    await user.click(await screen.findByRole('button', { name }));
    const dialog = within(await screen.findByRole('dialog', { name: `${name}?` }));
    await user.click(dialog.getByRole('button', { name }));
    expect(await screen.findByText('No invitation is open.')).toBeVisible();
    expect(people.invitations[0]?.revoked_at).not.toBeNull();
  });

  it('say that nobody can come without an identity provider', async () => {
    const { user } = renderApp('/members', {
      who: 'owner',
      login: { password: true, oidc: false },
    });
    await membersTable();
    await user.click(screen.getByRole('button', { name: 'Invite' }));
    expect(await screen.findByText(/has no identity provider/)).toBeVisible();
  });
});
