import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { problem } from '../answers.ts';
import { ACTIVE } from '../world.ts';
import { expectAccessible, renderApp } from '../renderApp.tsx';

const names = () =>
  within(screen.getByRole('table', { name: 'Organizations' }))
    .getAllByRole('row')
    .slice(1)
    .map((row) => within(row).getAllByRole('link')[0]?.textContent);

describe('organizations', () => {
  it('are listed with the way into each', async () => {
    renderApp('/organizations');
    expect(await screen.findByText('2 organizations')).toBeVisible();
    expect(names()).toEqual(['Acme Research', 'Northwind']);
    expect(screen.getByRole('link', { name: 'Invoices of Northwind' })).toHaveAttribute(
      'href',
      '/console/invoices?organization_id=2',
    );
    await expectAccessible();
  });

  it('are searched through all pages, and the search is in the URL', async () => {
    const page = (id: number, name: string, next: string | null) => ({
      items: [
        {
          id: String(id),
          name,
          weight: 1,
          ...ACTIVE,
          version: '0',
          created_at: '2026-11-01T00:00:00Z',
        },
      ],
      next,
    });
    const { user, history } = renderApp('/organizations', {
      before: [
        http.get('*/admin/api/organizations', ({ request }) => {
          const after = new URL(request.url).searchParams.get('after');
          return HttpResponse.json(
            after === null ? page(1, 'Acme Research', '1') : page(2, 'Zeppelin', null),
          );
        }),
      ],
    });
    expect(await screen.findByText('1 organization so far')).toBeVisible();
    await user.type(screen.getByLabelText('Search by name or id'), 'zepp');
    expect(await screen.findByRole('link', { name: 'Zeppelin' })).toBeVisible();
    expect(names()).toEqual(['Zeppelin']);
    expect(history.location.search).toBe('?q=zepp');
  });

  it('say when there is none', async () => {
    renderApp('/organizations', { empty: true });
    expect(await screen.findByText('No organization yet')).toBeVisible();
    await expectAccessible();
  });

  it('say why they cannot be read', async () => {
    renderApp('/organizations', {
      before: [http.get('*/admin/api/organizations', () => problem(500, 'broken', 'broken'))],
    });
    expect(await screen.findByRole('alert', {}, { timeout: 4000 })).toHaveTextContent('broken');
  });

  it('are the operator’s alone', async () => {
    renderApp('/organizations', { who: 'owner' });
    expect(await screen.findByText('Only operators of this site have it.')).toBeVisible();
  });

  it('are made with a name and a weight', async () => {
    const { user, world, history } = renderApp('/organizations');
    await user.click(await screen.findByRole('button', { name: 'New organization' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('button', { name: 'New organization' }));
    expect(dialog.getByText('Give it a name.')).toBeVisible();
    await user.type(dialog.getByLabelText('Name'), 'Zeppelin');
    await user.clear(dialog.getByLabelText('Weight at a busy engine'));
    await user.type(dialog.getByLabelText('Weight at a busy engine'), '101');
    expect(dialog.getByText('A whole number from 1 to 100')).toBeVisible();
    await user.clear(dialog.getByLabelText('Weight at a busy engine'));
    await user.type(dialog.getByLabelText('Weight at a busy engine'), '12');
    await user.click(dialog.getByRole('button', { name: 'New organization' }));
    expect(await screen.findByRole('heading', { name: 'Zeppelin' })).toBeVisible();
    expect(world.organizations.at(-1)).toMatchObject({ name: 'Zeppelin', weight: 12 });
    expect(history.location.pathname).toMatch(/^\/console\/organizations\/\d+$/);
  });
});

describe('one organization', () => {
  it('shows limits, weight and its credit to the last digit', async () => {
    renderApp('/organizations/1');
    expect(await screen.findByRole('heading', { name: 'Acme Research' })).toBeVisible();
    expect(await screen.findByText('Prepaid')).toBeVisible();
    expect(screen.getByText('275.5 USD')).toBeVisible();
    expect(screen.getByText('3.141592653589')).toBeVisible();
    expect(await screen.findByText('1,000')).toBeVisible();
    await expectAccessible();
  });

  it('gets another weight, and shows both sides where somebody was faster', async () => {
    const { user, world } = renderApp('/organizations/2');
    await user.click(await screen.findByRole('button', { name: 'Change weight' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Weight of Northwind' }));
    const weight = dialog.getByLabelText('Weight at a busy engine');
    await user.clear(weight);
    await user.type(weight, '9');
    Object.assign(world.organizations[1]!, { weight: 7, version: '8' });
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await dialog.findByText('Somebody else changed it meanwhile')).toBeVisible();
    await expectAccessible();
    await user.click(dialog.getByRole('button', { name: 'Save mine' }));
    await waitFor(() => {
      expect(world.organizations[1]).toMatchObject({ weight: 9, version: '9' });
    });
  });

  it('is suspended with a reason, and goes on', async () => {
    const { user, world } = renderApp('/organizations/2');
    await user.click(await screen.findByRole('button', { name: 'Suspend' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Suspend Northwind' }));
    expect(dialog.getByText('What runs comes to its end and is charged.')).toBeVisible();
    const submit = dialog.getByRole('button', { name: 'Suspend Northwind' });
    expect(submit).toBeDisabled();
    await user.type(dialog.getByLabelText(/^Why/), ' An invoice is overdue. ');
    await expectAccessible();
    await user.click(submit);
    expect(await screen.findByText('Suspended')).toBeVisible();
    expect(screen.getByText('Its people are told: An invoice is overdue.')).toBeVisible();
    expect(world.organizations[1]).toMatchObject({ suspended_because: 'An invoice is overdue.' });
    await expectAccessible();
    await user.click(screen.getByRole('button', { name: 'Resume' }));
    await user.click(await screen.findByRole('button', { name: 'Resume Northwind' }));
    expect(await screen.findByText('Active')).toBeVisible();
    expect(world.organizations[1]).toMatchObject(ACTIVE);
  });

  it('tells its people that it is suspended, and why', async () => {
    const { world } = renderApp('/', { who: 'owner' });
    world.organizations[0]!.suspended_because = 'An invoice is overdue.';
    expect(
      await screen.findByText('This organization is suspended: An invoice is overdue.'),
    ).toBeVisible();
    await expectAccessible();
  });

  it('is not suspended where somebody was faster', async () => {
    const { user, world } = renderApp('/organizations/2');
    await user.click(await screen.findByRole('button', { name: 'Suspend' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Suspend Northwind' }));
    await user.type(dialog.getByLabelText(/^Why/), 'overdue');
    Object.assign(world.organizations[1]!, { weight: 7, version: '8' });
    await user.click(dialog.getByRole('button', { name: 'Suspend Northwind' }));
    expect(await dialog.findByText(/Somebody else changed the organization/)).toBeVisible();
    expect(world.organizations[1]).toMatchObject(ACTIVE);
    await user.click(dialog.getByRole('button', { name: 'Suspend Northwind' }));
    expect(await screen.findByText('Suspended')).toBeVisible();
  });

  it('changes how it pays, exactly', async () => {
    const { user, site } = renderApp('/organizations/2');
    await user.click(await screen.findByRole('button', { name: 'Change terms' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'How Northwind pays' }));
    const limit = dialog.getByLabelText('Credit limit in USD');
    expect(limit).toHaveValue('5000');
    await user.clear(limit);
    await user.type(limit, '9007.199254740993');
    expect(dialog.queryByText(/less than now/)).toBeNull();
    await user.click(dialog.getByRole('radio', { name: /^Prepaid/ }));
    await expectAccessible();
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() => {
      expect(site.credit['2']).toMatchObject({
        mode: 'PREPAID',
        credit_limit: '9007199254740993',
      });
    });
  });

  it('warns before its limit gets smaller', async () => {
    const { user } = renderApp('/organizations/2');
    await user.click(await screen.findByRole('button', { name: 'Change terms' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.clear(dialog.getByLabelText('Credit limit in USD'));
    await user.type(dialog.getByLabelText('Credit limit in USD'), '1e3');
    expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
    await user.clear(dialog.getByLabelText('Credit limit in USD'));
    await user.type(dialog.getByLabelText('Credit limit in USD'), '10');
    expect(dialog.getByText(/less than now/)).toBeVisible();
  });

  it('says when it is not there', async () => {
    renderApp('/organizations/99');
    expect(await screen.findByText('No organization has the id 99.')).toBeVisible();
  });
});
