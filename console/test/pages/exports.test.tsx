import { screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { describe, expect, it } from 'vitest';
import type { Tokens } from '@/lib/money';
import { problem } from '../answers.ts';
import { expectAccessible, renderApp } from '../renderApp.tsx';

const table = () => screen.findByRole('table', { name: 'Exports' });

const row = async (id: string) => {
  const link = (await within(await table()).findAllByRole('link')).find(
    (one) => one.getAttribute('href') === `/console/exports/${id}`,
  );
  return within(link!.closest('tr')!);
};

describe('exports', () => {
  it('are listed with state, rows and size', async () => {
    renderApp('/exports');
    expect((await row('17')).getByText('1,250,000 so far')).toBeVisible();
    const done = await row('15');
    expect(done.getByText('2,214,022')).toBeVisible();
    expect(done.getByText('157.2 MB')).toHaveAttribute('title', '157,199,174 bytes');
    expect(done.getByText('October 2026')).toBeVisible();
    const failed = await row('16');
    expect(failed.getByText('All organizations')).toBeVisible();
    expect(failed.getByText(/to share/)).toBeVisible();
    await expectAccessible();
  });

  it('renew themselves until they have ended', async () => {
    const { exports } = renderApp('/exports');
    await row('17');
    Object.assign(exports.jobs[0]!, { ...exports.jobs[2], export_id: '17', status: 'done' });
    await waitFor(async () => {
      expect((await row('17')).getByText('Done')).toBeVisible();
    });
  });

  it('are the organization’s own for finance, without targets', async () => {
    const { user } = renderApp('/exports', { who: 'finance' });
    expect(within(await table()).queryByText(/to share/)).toBeNull();
    expect(screen.queryByText('Schedules')).toBeNull();
    await user.click(screen.getByRole('button', { name: 'New export' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'New export' }));
    expect(await dialog.findByText('Of Acme Research.')).toBeVisible();
    expect(dialog.queryByLabelText('Where to')).toBeNull();
    await expectAccessible();
  });

  it('are refused to a developer, with who gives the role', async () => {
    renderApp('/exports', { who: 'developer' });
    const alert = await screen.findByRole('alert');
    expect(await within(alert).findByText(/Owner, Admin, Finance/)).toBeVisible();
  });

  it('say what one is where there is none', async () => {
    renderApp('/exports', { empty: true });
    expect(await screen.findByText('No export yet')).toBeVisible();
    expect(screen.getAllByRole('button', { name: 'New export' })).toHaveLength(2);
    await expectAccessible();
  });

  it('say why they cannot be read', async () => {
    renderApp('/exports', {
      before: [http.get('*/admin/api/exports/jobs', () => problem(502, 'billing', 'no billing'))],
    });
    expect(await screen.findByRole('alert', {}, { timeout: 4000 })).toHaveTextContent('no billing');
  });

  it('are cancelled, gone on with, and say why that was refused', async () => {
    const { user, exports } = renderApp('/exports');
    await user.click((await row('17')).getByRole('button', { name: 'Cancel export 17' }));
    await user.click(await screen.findByRole('button', { name: 'Go on with export 17' }));
    await waitFor(() => {
      expect(exports.jobs[0]?.status).toBe('waiting');
    });
    await screen.findByRole('button', { name: 'Cancel export 17' });
    exports.jobs[0]!.status = 'done';
    await user.click(screen.getByRole('button', { name: 'Cancel export 17' }));
    expect(await screen.findByText(/has ended by itself/)).toBeVisible();
  });

  it('of a schedule are cancelled once it was said that the period is left out', async () => {
    const { user, exports } = renderApp('/exports');
    const one = await row('11');
    expect(one.getByText(/to bucket · of schedule 3/)).toBeVisible();
    await user.click(one.getByRole('button', { name: 'Cancel export 11' }));
    const dialog = () => screen.findByRole('dialog', { name: 'Cancel export 11?' });
    expect(within(await dialog()).getByText(/schedule 3, which then leaves/)).toBeVisible();
    await expectAccessible();
    exports.jobs[0]!.rows_read = '1300000' as Tokens;
    await screen.findByText('1,300,000 so far'); // the list behind it renews itself
    await user.click(within(await dialog()).getByRole('button', { name: 'Let it run' }));
    const job = exports.jobs.find(({ export_id: id }) => id === '11');
    expect(job?.status).toBe('waiting');
    await user.click((await row('11')).getByRole('button', { name: 'Cancel export 11' }));
    await user.click(within(await dialog()).getByRole('button', { name: 'Cancel export 11' }));
    await waitFor(() => {
      expect(job?.status).toBe('cancelled');
    });
  });

  it('are ordered for days, columns, a format and a target', async () => {
    const { user, exports, history } = renderApp('/exports?organization_id=1');
    await table();
    await user.click(screen.getByRole('button', { name: 'New export' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'New export' }));
    await user.selectOptions(await dialog.findByLabelText('Dataset'), 'usage_records');
    expect(dialog.getByLabelText('Month (UTC)')).toHaveDisplayValue('October 2026');
    await user.selectOptions(dialog.getByLabelText('Month (UTC)'), 'Other days');
    const submit = dialog.getByRole('button', { name: 'Export' });
    expect(submit).toBeDisabled();
    await user.type(dialog.getByLabelText('First day (UTC)'), '2026-11-09');
    await user.type(dialog.getByLabelText('Last day (UTC)'), '2026-11-03');
    expect(dialog.getByText('The last day comes before the first.')).toBeVisible();
    expect(submit).toBeDisabled();
    await user.clear(dialog.getByLabelText('Last day (UTC)'));
    await user.type(dialog.getByLabelText('Last day (UTC)'), '2026-11-30');
    await user.selectOptions(dialog.getByLabelText('Format'), 'parquet');
    await user.click(dialog.getByRole('checkbox', { name: 'All 6 columns' }));
    for (const name of ['event_id', 'admitted_at', 'model', 'output_tokens', 'cost', 'currency']) {
      await user.click(dialog.getByRole('checkbox', { name }));
    }
    expect(dialog.getByText('Choose one at least.')).toBeVisible();
    expect(submit).toBeDisabled();
    await user.click(dialog.getByRole('checkbox', { name: 'currency' }));
    await user.click(dialog.getByRole('checkbox', { name: 'cost' }));
    await user.selectOptions(dialog.getByLabelText('Where to'), 'share');
    await expectAccessible();
    await user.click(submit);
    expect(await screen.findByRole('heading', { name: 'Export 18' })).toBeVisible();
    expect(history.location.pathname).toBe('/console/exports/18');
    const { command_id: command, ...order } = exports.orders[0]!;
    expect(command).toMatch(/^[0-9a-f-]{36}$/);
    expect(order).toEqual({
      organization_id: '1',
      dataset: 'usage_records',
      from: '2026-11-09',
      to: '2026-12-01',
      format: 'parquet',
      columns: ['cost', 'currency'],
      target: 'share',
    });
  });

  it('of all organizations are ordered once, though the first answer is lost', async () => {
    const commands: unknown[] = [];
    const { user, exports } = renderApp('/exports', {
      before: [
        http.post('*/admin/api/exports/jobs', async ({ request }) => {
          const { command_id: command } = (await request.clone().json()) as { command_id: string };
          commands.push(command);
          return commands.length > 1 ? undefined : problem(502, 'billing_unavailable', 'no answer');
        }),
      ],
    });
    await table();
    await user.click(screen.getByRole('button', { name: 'New export' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'New export' }));
    expect(await dialog.findByText('Of all organizations.')).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Export' }));
    expect(await dialog.findByText(/no answer/)).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Export' }));
    await screen.findByRole('heading', { name: 'Export 18' });
    expect(new Set(commands).size).toBe(1);
    expect(exports.orders[0]).toMatchObject({ from: '2026-10-01', to: '2026-11-01' });
    expect(exports.orders[0]).not.toHaveProperty('organization_id');
  });
});

describe('one export', () => {
  it('has its files, each with what it is checked against', async () => {
    renderApp('/exports/15');
    const files = within(await screen.findByRole('table', { name: 'Files' }));
    const links = files.getAllByRole('link').map((link) => link.getAttribute('href'));
    expect(links).toEqual([
      '/admin/api/exports/jobs/15/files/usage_records.parquet',
      '/admin/api/exports/jobs/15/files/usage_records-00002.parquet',
      '/admin/api/exports/jobs/15/files/usage_records-00003.parquet',
    ]);
    expect(files.getByText('214,022')).toBeVisible();
    expect(screen.getByText('98.765432109876 USD')).toBeVisible();
    expect(screen.queryByText(/begin with = \+ - or @ are computed/)).toBeNull();
    expect(screen.getByRole('link', { name: 'Manifest' })).toHaveAttribute(
      'href',
      '/admin/api/exports/jobs/15/files/manifest.json',
    );
    await expectAccessible();
  });

  it('of CSV says what a spreadsheet would make of it', async () => {
    renderApp('/exports/14');
    expect(await screen.findByText(/begin with = \+ - or @ are computed/)).toBeVisible();
  });

  it('says why it failed, and goes on', async () => {
    const { user, exports } = renderApp('/exports/16');
    expect(await screen.findByText('No space left on device')).toBeVisible();
    expect(screen.getByText(/did not reach its end/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Go on with export 16' }));
    expect(await screen.findByText('Waiting')).toBeVisible();
    Object.assign(exports.jobs[1]!, { ...exports.jobs[2], export_id: '16' });
    expect(await screen.findByText('Done')).toBeVisible();
  });

  it('says that its files are gone', async () => {
    renderApp('/exports/13');
    expect(await screen.findByText(/have been removed/)).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Manifest' })).toBeNull();
  });

  it('says that it is not there', async () => {
    renderApp('/exports/99');
    expect(await screen.findByText('No export that you may see has the id 99.')).toBeVisible();
  });
});
