import { screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { describe, expect, it } from 'vitest';
import { problem } from '../answers.ts';
import { expectAccessible, renderApp } from '../renderApp.tsx';

describe('billing', () => {
  it('shows finance who is billed and what credit is left, and changes nothing', async () => {
    renderApp('/billing', { who: 'finance' });
    expect(await screen.findByText('Acme Research Inc.')).toBeVisible();
    expect(screen.getByText(/1 Main Street/)).toHaveTextContent('1 Main Street Springfield');
    expect(screen.getByText('30 days after issue')).toBeVisible();
    expect(await screen.findByText('3.141592653589')).toBeVisible();
    for (const name of ['Change profile', 'Change terms', 'Top up', 'Give credit']) {
      expect(screen.queryByRole('button', { name })).toBeNull();
    }
    expect(screen.queryByRole('link', { name: 'Tax rules' })).toBeNull();
    await expectAccessible();
  });

  it('asks the operator which organization', async () => {
    renderApp('/billing');
    expect(await screen.findByText('Choose an organization')).toBeVisible();
    await expectAccessible();
  });

  it('is refused to a developer, with who gives the role', async () => {
    renderApp('/billing', { who: 'developer' });
    const alert = await screen.findByRole('alert');
    expect(await within(alert).findByText(/Owner, Admin, Finance/)).toBeVisible();
  });

  it('says why the profile cannot be read', async () => {
    renderApp('/billing?organization_id=1', {
      before: [
        http.get('*/admin/api/invoices/profiles/:id', () => problem(502, 'billing', 'no billing')),
      ],
    });
    expect(await screen.findByRole('alert', {}, { timeout: 4000 })).toHaveTextContent('no billing');
    expect(screen.queryByText(/There is none yet/)).toBeNull();
  });

  it('sets a profile where there is none', async () => {
    const { user, site } = renderApp('/billing?organization_id=2');
    expect(await screen.findByText('There is none yet: invoices wait for it.')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Set it' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Billing profile' }));
    expect(dialog.getByLabelText('Name')).toHaveValue('Northwind');
    await user.type(dialog.getByLabelText('Address'), '2 High Street{enter}Seoul');
    await user.type(dialog.getByLabelText('Country'), 'k');
    await user.type(dialog.getByLabelText('Invoices go to'), 'a@b@c');
    const save = dialog.getByRole('button', { name: 'Save' });
    expect(dialog.getByText('Two letters, as KR')).toBeVisible();
    expect(dialog.getByText('One e-mail address')).toBeVisible();
    expect(save).toBeDisabled();
    await user.type(dialog.getByLabelText('Country'), 'r');
    await user.clear(dialog.getByLabelText('Invoices go to'));
    await user.selectOptions(dialog.getByLabelText('Language'), 'Korean');
    await user.clear(dialog.getByLabelText('Due after days'));
    await user.type(dialog.getByLabelText('Due after days'), '366');
    expect(save).toBeDisabled();
    await user.clear(dialog.getByLabelText('Due after days'));
    await user.type(dialog.getByLabelText('Due after days'), '14');
    await expectAccessible();
    await user.click(save);
    expect(await screen.findByText('14 days after issue')).toBeVisible();
    expect(site.profiles['2']).toEqual({
      name: 'Northwind',
      address: '2 High Street\nSeoul',
      country: 'KR',
      tax_number: null,
      email: null,
      language: 'ko',
      paper: 'A4',
      due_days: 14,
    });
  });
});

describe('money', () => {
  it('is topped up after its effect was shown, once, though the first answer is lost', async () => {
    const commands = new Set<unknown>();
    let lost = 0;
    const { user, site } = renderApp('/billing?organization_id=1', {
      before: [
        http.post('*/admin/api/organizations/:id/credit/top-ups', async ({ request }) => {
          const { command_id: command } = (await request.clone().json()) as { command_id: string };
          commands.add(command);
          const isDry = request.url.includes('dry_run');
          return isDry || lost++ > 0 ? undefined : problem(502, 'billing_unavailable', 'no answer');
        }),
      ],
    });
    await user.click(await screen.findByRole('button', { name: 'Top up' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Top up Acme Research' }));
    await user.type(dialog.getByLabelText('Amount in USD'), '0');
    expect(dialog.getByRole('button', { name: 'See what it does' })).toBeDisabled();
    await user.clear(dialog.getByLabelText('Amount in USD'));
    await user.type(dialog.getByLabelText('Amount in USD'), '9007.199254740993');
    await user.type(dialog.getByLabelText('Last day it holds (UTC)'), '2027-12-31');
    await user.click(dialog.getByRole('button', { name: 'See what it does' }));
    expect(await dialog.findByRole('status')).toHaveTextContent(
      'It may spend 9,282.699254740993 USD in all then, 275.5 USD now.',
    );
    expect(site.booked).toEqual([]);
    await expectAccessible();
    const book = dialog.getByRole('button', { name: 'Top up 9,007.199254740993 USD' });
    await user.click(book);
    expect(await dialog.findByText(/no answer/)).toBeVisible();
    await user.click(book);
    await waitFor(() => {
      expect(screen.queryByRole('dialog')).toBeNull();
    });
    expect(site.booked).toEqual([
      {
        what: 'top-ups',
        command_id: [...commands][0],
        amount: '9007199254740993',
        expires_at: '2028-01-01T00:00:00Z',
      },
    ]);
    expect(commands.size).toBe(1);
    expect(await screen.findByText('9,282.699254740993 USD')).toBeVisible();
  });

  it('shows the effect anew when the amount changes', async () => {
    const { user, site } = renderApp('/billing?organization_id=2');
    await user.click(await screen.findByRole('button', { name: 'Record a payment' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.queryByLabelText('Last day it holds (UTC)')).toBeNull();
    await user.type(dialog.getByLabelText('Amount in USD'), '5');
    await user.click(dialog.getByRole('button', { name: 'See what it does' }));
    expect(await dialog.findByRole('button', { name: 'Record 5 USD' })).toBeVisible();
    await user.type(dialog.getByLabelText('Amount in USD'), '0');
    await user.click(dialog.getByRole('button', { name: 'See what it does' }));
    await user.click(await dialog.findByRole('button', { name: 'Record 50 USD' }));
    await waitFor(() => {
      expect(site.booked).toMatchObject([{ what: 'payments', amount: '50000000000000' }]);
    });
  });
});

describe('tax rules', () => {
  it('are listed with whom they are for', async () => {
    renderApp('/tax-rules');
    const table = within(await screen.findByRole('table', { name: 'Rules' }));
    expect(table.getByText('10 %')).toBeVisible();
    expect(table.getByText('8.25 %')).toBeVisible();
    expect(await table.findByText('Northwind')).toBeVisible();
    expect(table.getAllByRole('button', { name: /^End/ })).toHaveLength(1);
    await expectAccessible();
  });

  it('are the operator’s alone', async () => {
    renderApp('/tax-rules', { who: 'finance' });
    expect(await screen.findByText('Only operators of this site have it.')).toBeVisible();
  });

  it('are made with an exact rate', async () => {
    const { user, site } = renderApp('/tax-rules');
    await user.click(await screen.findByRole('button', { name: 'New rule' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'New rule' }));
    await user.selectOptions(dialog.getByLabelText('For'), 'A country');
    await user.type(dialog.getByLabelText('Country'), 'us');
    await user.type(dialog.getByLabelText('As the invoice says it'), 'Sales tax');
    await user.type(dialog.getByLabelText('Rate in percent'), '100.0001');
    expect(dialog.getByText('0 to 100, with at most 4 decimals')).toBeVisible();
    await user.clear(dialog.getByLabelText('Rate in percent'));
    await user.type(dialog.getByLabelText('Rate in percent'), '8.1234');
    await user.selectOptions(dialog.getByLabelText('Of'), 'Usage');
    await expectAccessible();
    await user.click(dialog.getByRole('button', { name: 'New rule' }));
    expect(await screen.findByText('8.1234 %')).toBeVisible();
    expect(site.taxRules[0]).toMatchObject({
      organization_id: null,
      country: 'US',
      line_kind: 'USAGE',
      rate_ppm: 81_234,
      from: '2026-11-22',
      to: null,
    });
  });

  it('are ended on a day after their first', async () => {
    const { user, site } = renderApp('/tax-rules');
    await user.click(await screen.findByRole('button', { name: 'End VAT 10 % for KR' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'End VAT 10 %' }));
    await user.type(dialog.getByLabelText('First day without it (UTC)'), '2026-01-01');
    expect(dialog.getByRole('button', { name: 'End VAT 10 %' })).toBeDisabled();
    await user.clear(dialog.getByLabelText('First day without it (UTC)'));
    await user.type(dialog.getByLabelText('First day without it (UTC)'), '2027-01-01');
    await user.click(dialog.getByRole('button', { name: 'End VAT 10 %' }));
    await waitFor(() => {
      expect(site.taxRules[0]?.to).toBe('2027-01-01');
    });
  });
});
