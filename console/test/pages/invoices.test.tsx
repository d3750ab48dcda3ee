import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { problem } from '../answers.ts';
import { expectAccessible, renderApp } from '../renderApp.tsx';

const table = () => screen.findByRole('table', { name: 'Invoices' });

const numbers = (shown: HTMLElement) =>
  within(shown)
    .getAllByRole('link')
    .map((link) => link.textContent);

const sumOf = (name: string) => screen.getByText(name).nextElementSibling?.textContent;

describe('invoices', () => {
  it('are listed with totals that add up exactly, and whose they are', async () => {
    renderApp('/invoices');
    const shown = await table();
    expect(numbers(shown)).toEqual([
      'Draft 9',
      'Draft 8',
      'Draft 7',
      'R1-CN-2026-000001',
      'R1-2026-000002',
      'R1-2026-000001',
      'R1-2026-000000',
    ]);
    expect(await within(shown).findAllByText('Northwind')).toHaveLength(2);
    // 390.08 with tax, and 342.28 without; the void one and drafts are no part of it.
    expect(sumOf('Invoiced')).toBe('732.36 USD');
    expect(sumOf('Given back')).toBe('-20.00 USD');
    expect(sumOf('Still owed')).toBe('612.36 USD');
    expect(screen.getByText('Of these 7 documents, exactly.')).toBeVisible();
    await expectAccessible();
  });

  it('are of one month and state, in the URL', async () => {
    const { user, history } = renderApp('/invoices');
    await table();
    await user.selectOptions(screen.getByLabelText('State'), 'Draft');
    await waitFor(async () => {
      expect(numbers(await table())).toEqual(['Draft 8', 'Draft 7']);
    });
    await user.selectOptions(screen.getByLabelText('Month (UTC)'), 'September 2026');
    expect(await screen.findByText('No invoice in this selection')).toBeVisible();
    expect(history.location.search).toBe('?status=draft&month=2026-09');
    await expectAccessible();
  });

  it('are the organization’s own for finance, without what only operators do', async () => {
    renderApp('/invoices', { who: 'finance' });
    expect(numbers(await table())).not.toContain('R1-2026-000001');
    expect(screen.queryByRole('link', { name: 'Revenue' })).toBeNull();
  });

  it('are refused to a developer, with who gives the role', async () => {
    renderApp('/invoices', { who: 'developer' });
    const alert = await screen.findByRole('alert');
    expect(await within(alert).findByText(/Owner, Admin, Finance/)).toBeVisible();
  });

  it('say why they cannot be read', async () => {
    renderApp('/invoices', {
      before: [http.get('*/admin/api/invoices', () => problem(502, 'billing', 'no billing'))],
    });
    expect(await screen.findByRole('alert', {}, { timeout: 4000 })).toHaveTextContent('no billing');
  });
});

describe('one invoice', () => {
  it('leads from a line to its records, and says how it was rounded', async () => {
    const { user, bills, world } = renderApp('/invoices/9');
    await screen.findByRole('table', { name: 'Lines' });
    const line = bills.invoices[0]!.lines[0]!;
    expect(await screen.findByText(/add up to this, to the last digit/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Trace line 1' }));
    const dialog = within(await screen.findByRole('dialog', { name: `Line 1: ${line.sku ?? ''}` }));
    expect(await dialog.findByText('Both are the same, to the token.')).toBeVisible();
    expect(dialog.getByTestId('line-formula')).toHaveTextContent(/tokens × .* USD per million = /);
    expect(dialog.getByText(/^Exact: /)).toBeVisible();
    expect(dialog.getByText(/^Rounding changed it by/)).toBeVisible();
    await expectAccessible();
    const link = dialog.getByRole('link', { name: 'Open these requests' });
    const search = new URL(link.getAttribute('href') ?? '', 'http://any').searchParams;
    expect(Object.fromEntries(search)).toEqual({
      from: '2026-11-01',
      to: '2026-12-01',
      organization_id: '1',
      project_id: line.project_id,
      model_id: '2',
    });
    expect(world.requests.length).toBeGreaterThan(0);
  });

  it('calls a project as the invoice does, else as it is called now', async () => {
    renderApp('/invoices/5');
    const lines = await screen.findByRole('table', { name: 'Lines' });
    expect(within(lines).getAllByText('Homework, as it was')[0]).toBeVisible();
    expect(within(lines).queryByText('Homework helper')).toBeNull();
    cleanup();
    renderApp('/invoices/8');
    expect((await screen.findAllByText('Homework helper'))[0]).toBeVisible();
  });

  it('says by how much lines and records differ', async () => {
    const { user } = renderApp('/invoices/5');
    await user.click(await screen.findByRole('button', { name: 'Trace line 1' }));
    expect(await screen.findByText(/They differ by -98,304,001/)).toBeVisible();
  });

  it('says what an earlier invoice left below 0, and what goes on with the next', async () => {
    const { user } = renderApp('/invoices/4');
    expect(await screen.findByText('Carried from an earlier invoice')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Trace line 5' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByText(/No invoice is below 0/)).toBeVisible();
    expect(dialog.queryByText('CARRIED')).toBeNull();
    cleanup();
    renderApp('/invoices/4', {
      before: [
        http.get('*/admin/api/invoices/4', async () => {
          const { createBills } = await import('../bills.ts');
          const { createWorld } = await import('../world.ts');
          const bills = createBills(createWorld(new Date()));
          const one = bills.invoices.find(({ invoice_id: id }) => id === '4')!;
          const lines = one.lines.map((line) =>
            line.kind === 'CARRIED'
              ? { ...line, amount: '12.34', amount_pico: '12340000000000' }
              : line,
          );
          return HttpResponse.json({ ...one, lines });
        }),
      ],
    });
    expect(await screen.findByText('Carried to the next invoice')).toBeVisible();
  });

  it('shouts when a line is not tokens × price, or roundings do not add up', async () => {
    const { user } = renderApp('/invoices/9', {
      before: [
        http.get('*/admin/api/invoices/9', async () => {
          const { createBills } = await import('../bills.ts');
          const { createWorld } = await import('../world.ts');
          const one = createBills(createWorld(new Date())).invoices[0]!;
          const pico = (BigInt(one.lines[0]!.amount_pico) + 1n).toString();
          const [first, ...others] = one.lines;
          return HttpResponse.json({ ...one, lines: [{ ...first, amount_pico: pico }, ...others] });
        }),
      ],
    });
    expect(await screen.findByText(/do not add up to this/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Trace line 1' }));
    expect(await screen.findByText('Tokens and price do not give this amount.')).toBeVisible();
  });

  it('names what blocks it, and sets a blocker aside for a reason', async () => {
    const { user, bills } = renderApp('/invoices/8');
    expect(await screen.findByText('1 thing stands in the way.')).toBeVisible();
    expect(screen.getByText('Set aside: they asked for it by letter')).toBeVisible();
    expect(screen.getByText(/Days that are not reconciled/)).toBeVisible();
    await expectAccessible();
    await user.click(screen.getByRole('button', { name: 'Finalize' }));
    const blocked = within(await screen.findByRole('dialog'));
    expect(blocked.getByText('It cannot be finalized yet')).toBeVisible();
    await user.type(blocked.getByLabelText('Reason'), 'because');
    expect(blocked.getByRole('button', { name: 'Finalize Draft 8' })).toBeDisabled();
    await user.click(blocked.getByRole('button', { name: 'Cancel' }));
    await user.click(screen.getByRole('button', { name: 'Set aside: Days are not reconciled' }));
    const dialog = within(await screen.findByRole('dialog'));
    expect(dialog.getByRole('button', { name: 'Set it aside' })).toBeDisabled();
    await user.type(dialog.getByLabelText('Reason'), 'compared by hand');
    await user.click(dialog.getByRole('button', { name: 'Set it aside' }));
    expect(await screen.findByText('Nothing stands in the way.')).toBeVisible();
    expect(bills.orders.at(-1)).toMatchObject({
      what: 'waivers',
      body: { blocker: 'RECONCILIATION', reason: 'compared by hand' },
    });
  });

  it('is finalized after a dry run that says what it would be, as one command', async () => {
    const { user, bills } = renderApp('/invoices/7');
    await user.click(await screen.findByRole('button', { name: 'Finalize' }));
    const dialog = await screen.findByRole('dialog', { name: 'Finalize Draft 7?' });
    expect(await within(dialog).findByText(/It would be R1-2026-000003/)).toHaveTextContent(
      '354.62 USD',
    );
    expect(dialog).toHaveTextContent('Nobody can change it afterwards');
    expect(bills.invoices[2]).toMatchObject({ status: 'draft' });
    await user.type(within(dialog).getByLabelText('Reason'), 'month closed');
    await expectAccessible();
    await user.click(within(dialog).getByRole('button', { name: 'Finalize Draft 7' }));
    expect(await screen.findByRole('heading', { name: 'R1-2026-000003' })).toBeVisible();
    const done = bills.orders.filter(({ dry }) => !dry);
    expect(done).toHaveLength(1);
    expect(done[0]?.body.command_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  });

  it('keeps its command when it is tried again', async () => {
    const commands: unknown[] = [];
    const { user } = renderApp('/invoices/7', {
      before: [
        http.post('*/admin/api/invoices/7/finalize', async ({ request }) => {
          if (new URL(request.url).searchParams.has('dry_run')) return undefined;
          const body = (await request.clone().json()) as { command_id: string };
          commands.push(body.command_id);
          return commands.length > 1 ? undefined : problem(502, 'billing_unavailable', 'no answer');
        }),
      ],
    });
    await user.click(await screen.findByRole('button', { name: 'Finalize' }));
    const dialog = within(await screen.findByRole('dialog'));
    await dialog.findByText(/It would be/);
    await user.type(dialog.getByLabelText('Reason'), 'month closed');
    await user.click(dialog.getByRole('button', { name: 'Finalize Draft 7' }));
    expect(await dialog.findByText(/no answer/)).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Finalize Draft 7' }));
    expect(await screen.findByRole('heading', { name: 'R1-2026-000003' })).toBeVisible();
    expect(commands).toHaveLength(2);
    expect(new Set(commands).size).toBe(1);
  });

  it('is made void only when nothing was paid, after its number is typed', async () => {
    const { user, bills } = renderApp('/invoices/4');
    await user.click(await screen.findByRole('button', { name: 'Make void' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.type(dialog.getByLabelText('Reason'), 'wrong address');
    const make = dialog.getByRole('button', { name: 'Make R1-2026-000001 void' });
    expect(make).toBeDisabled();
    await user.type(dialog.getByLabelText(/^Type “R1-2026-000001”/), 'R1-2026-000001');
    await user.click(make);
    expect(await screen.findByText('This invoice was taken back')).toBeVisible();
    expect(bills.orders.at(-1)).toMatchObject({ what: 'void', body: { reason: 'wrong address' } });
    expect(screen.queryByRole('button', { name: 'Credit note' })).toBeNull();
  });

  it('gives back parts of lines, in smallest units', async () => {
    const { user, bills, history } = renderApp('/invoices/5');
    expect(await screen.findByRole('button', { name: 'Make void' })).toBeDisabled();
    const notes = within(await screen.findByRole('table', { name: 'Credit notes' }));
    expect(notes.getByRole('link', { name: 'R1-CN-2026-000001' })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Credit note' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('radio', { name: 'Parts of lines' }));
    await user.type(dialog.getByLabelText('Reason'), 'an outage');
    const issue = dialog.getByRole('button', { name: 'Issue the credit note' });
    expect(issue).toBeDisabled();
    const first = dialog.getByLabelText('Line 1: r1-nano-hit');
    await user.type(first, '13.77');
    expect(dialog.getByText('An amount up to that of the line')).toBeVisible();
    await user.clear(first);
    await user.type(first, '2.5');
    await expectAccessible();
    await user.click(issue);
    await waitFor(() => {
      expect(history.location.pathname).toBe('/console/invoices/10');
    });
    expect(bills.orders.at(-1)?.body).toMatchObject({
      lines: [{ line_no: 1, amount_minor: '250' }],
    });
  });

  it('says who got word of it, and tries again what was given up', async () => {
    const { user, bills } = renderApp('/invoices/5');
    const shown = within(await screen.findByRole('table', { name: 'Delivery' }));
    expect(shown.getByText('Given up')).toBeVisible();
    expect(shown.getByText('status 500')).toBeVisible();
    expect(shown.getAllByRole('button')).toHaveLength(1);
    await user.click(shown.getByRole('button', { name: 'Send now to Webhook target 7' }));
    expect(await shown.findByText('Failed, tried again')).toBeVisible();
    expect(bills.deliveries['5']?.[1]).toMatchObject({ attempts: 0 });
  });

  it('offers its documents, and to finance nothing that changes it', async () => {
    renderApp('/invoices/5', { who: 'finance' });
    expect(await screen.findByRole('link', { name: 'Download PDF' })).toHaveAttribute(
      'href',
      '/admin/api/invoices/5/pdf',
    );
    const json = screen.getByRole('link', { name: 'Download JSON' });
    expect(json).toHaveAttribute('download', 'R1-2026-000002.json');
    for (const name of ['Make void', 'Credit note', 'Finalize', /^Send now/])
      expect(screen.queryByRole('button', { name })).toBeNull();
    expect(await screen.findByText('money@acme.example')).toBeVisible();
    await expectAccessible();
  });

  it('says to finance that a draft is none yet, and not why', async () => {
    renderApp('/invoices/8', { who: 'finance' });
    expect(await screen.findByText('Not final yet')).toBeVisible();
    expect(screen.queryByText('What keeps it from being finalized')).toBeNull();
  });

  it('of another organization is not there', async () => {
    renderApp('/invoices/4', { who: 'finance' });
    expect(await screen.findByText('There is no such invoice')).toBeVisible();
  });
});

describe('revenue', () => {
  it('is shown by month, exactly, with a summary of the chart', async () => {
    renderApp('/revenue');
    const shown = within(await screen.findByRole('table', { name: /Revenue by month/ }));
    expect(shown.getAllByRole('row')).toHaveLength(13);
    expect(shown.getAllByText('-0.000000004217')).toHaveLength(12);
    expect(screen.getByText(/^November 2026: .* USD recognized/)).toBeVisible();
    await expectAccessible();
  });

  it('ends with the month of the URL', async () => {
    renderApp('/revenue?month=2026-03');
    const shown = within(await screen.findByRole('table', { name: /Revenue by month/ }));
    expect(shown.getAllByRole('row')).toHaveLength(5);
  });

  it('says when nothing was booked', async () => {
    renderApp('/revenue', { empty: true });
    expect(await screen.findByText('Nothing was booked')).toBeVisible();
  });

  it('is the operator’s alone', async () => {
    renderApp('/revenue', { who: 'finance' });
    expect(await screen.findByText('Only operators of this site have it.')).toBeVisible();
  });
});
