import { screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { describe, expect, it } from 'vitest';
import { pollMillis } from '@/features/exports/api/schedules';
import { problem } from '../answers.ts';
import { expectAccessible, renderApp } from '../renderApp.tsx';

const table = async () => within(await screen.findByRole('table', { name: 'Schedules' }));

const dialogOf = async (name: string) => within(await screen.findByRole('dialog', { name }));

describe('schedules', () => {
  it('are listed with how far they are, what keeps them, and what runs', async () => {
    renderApp('/exports');
    const schedules = await table();
    expect(schedules.getByText('renewed each day')).toBeVisible();
    expect(schedules.getByText('Sun, Nov 1, 2026')).toBeVisible();
    expect(schedules.getByText('No space left on device')).toBeVisible();
    expect(schedules.getByText(/^Next try/)).toBeVisible();
    expect(schedules.getByRole('link', { name: 'Export 11' })).toHaveAttribute(
      'href',
      '/console/exports/11',
    );
    await expectAccessible();
  });

  it('are the operator’s alone', async () => {
    renderApp('/exports/schedules/3', { who: 'finance' });
    expect(await screen.findByRole('alert')).toBeVisible();
    expect(screen.queryByText('Schedule 3')).toBeNull();
  });

  it('are paused, gone on with, and closed once that was confirmed', async () => {
    const { user, exports } = renderApp('/exports');
    const schedules = await table();
    await user.click(schedules.getByRole('button', { name: 'Pause schedule 3' }));
    expect(await schedules.findByText('Paused')).toBeVisible();
    await user.click(schedules.getByRole('button', { name: 'Go on with schedule 2' }));
    expect(await schedules.findByText('It is tried again now.')).toBeVisible();
    await user.click(schedules.getByRole('button', { name: 'Close schedule 3' }));
    const dialog = await dialogOf('Close schedule 3?');
    await expectAccessible();
    await user.click(dialog.getByRole('button', { name: 'Keep it' }));
    expect(exports.schedules[0]?.status).toBe('paused');
    await user.click(schedules.getByRole('button', { name: 'Close schedule 3' }));
    await user.click(
      (await dialogOf('Close schedule 3?')).getByRole('button', { name: 'Close schedule 3' }),
    );
    expect(await schedules.findByText('Closed')).toBeVisible();
    expect(schedules.queryByRole('button', { name: /schedule 3$/ })).toBeNull();
  });

  it('are altered by the same command after a lost answer, and say what was refused', async () => {
    const commands: unknown[] = [];
    const { user, exports } = renderApp('/exports', {
      before: [
        http.post('*/admin/api/exports/schedules/3/pause', async ({ request }) => {
          const { command_id: command } = (await request.clone().json()) as { command_id: string };
          commands.push(command);
          return commands.length > 1 ? undefined : problem(502, 'billing_unavailable', 'no answer');
        }),
      ],
    });
    const pause = (await table()).getByRole('button', { name: 'Pause schedule 3' });
    await user.click(pause);
    expect(await screen.findByText(/no answer/)).toBeVisible();
    await waitFor(() => {
      expect(pause).toBeEnabled();
    });
    exports.schedules[0]!.status = 'closed';
    await user.click(pause);
    expect(await screen.findByText(/It was closed by somebody before/)).toBeVisible();
    expect(commands).toHaveLength(2);
    expect(new Set(commands).size).toBe(1);
  });

  it('name the settings where there is no target', async () => {
    renderApp('/exports', { empty: true });
    expect(await screen.findByText('No target is configured')).toBeVisible();
    expect(screen.getByText('r1.billing.exports.targets[0].folder=/mnt/finance')).toBeVisible();
    expect(screen.queryByRole('button', { name: 'New schedule' })).toBeNull();
    await expectAccessible();
  });

  it('say what one is where there is none', async () => {
    const { exports } = renderApp('/exports', { empty: true });
    exports.targets = ['share'];
    expect(await screen.findByText('No schedule yet')).toBeVisible();
    expect(screen.getByRole('button', { name: 'New schedule' })).toBeVisible();
  });

  it('are made of what fits together, for an organization, from a day on', async () => {
    const { user, exports, history } = renderApp('/exports?organization_id=1');
    await user.click(await screen.findByRole('button', { name: 'New schedule' }));
    const dialog = await dialogOf('New schedule');
    const dataset = await dialog.findByLabelText('Dataset');
    const options = (label: string) =>
      within(dialog.getByLabelText(label))
        .getAllByRole('option')
        .map((option) => option.textContent);
    await user.selectOptions(dataset, 'focus_cost_and_usage');
    expect(options('Files of')).toEqual(['A month']);
    await user.selectOptions(dataset, 'usage_records');
    await user.selectOptions(dialog.getByLabelText('Files of'), 'An hour');
    expect(options('Rhythm')).toEqual(['renewed each hour', 'once the month is closed']);
    await user.selectOptions(dialog.getByLabelText('Files of'), 'A day');
    await user.selectOptions(dialog.getByLabelText('Rhythm'), 'renewed each hour');
    await user.selectOptions(dialog.getByLabelText('Where to'), 'bucket');
    await user.selectOptions(dialog.getByLabelText('Format'), 'parquet');
    const submit = dialog.getByRole('button', { name: 'Make schedule' });
    const begin = dialog.getByLabelText('Begins with (UTC)');
    for (const wrong of ['2099-01-01', '2020-01-01']) {
      await user.clear(begin);
      await user.type(begin, wrong);
      expect(dialog.getByText(/at most 400 days ago/)).toBeVisible();
      expect(submit).toBeDisabled();
    }
    await user.clear(begin);
    await user.type(begin, '2026-11-03');
    await user.click(dialog.getByRole('checkbox', { name: 'All 6 columns' }));
    await user.click(dialog.getByRole('checkbox', { name: 'model' }));
    await expectAccessible();
    await user.click(submit);
    expect(await screen.findByRole('heading', { name: 'Schedule 4' })).toBeVisible();
    expect(history.location.pathname).toBe('/console/exports/schedules/4');
    const { command_id: command, ...made } = exports.made[0]!;
    expect(command).toMatch(/^[0-9a-f-]{36}$/);
    expect(made).toEqual({
      organization_id: '1',
      dataset: 'usage_records',
      format: 'parquet',
      columns: ['event_id', 'admitted_at', 'output_tokens', 'cost', 'currency'],
      target: 'bucket',
      period: 'day',
      rhythm: 'hourly',
      from: '2026-11-03',
    });
  });

  it('are made once though the answer is lost, and not where another one writes', async () => {
    const commands: unknown[] = [];
    const { user, exports } = renderApp('/exports', {
      before: [
        http.post('*/admin/api/exports/schedules', async ({ request }) => {
          const { command_id: command } = (await request.clone().json()) as { command_id: string };
          commands.push(command);
          return commands.length > 1 ? undefined : problem(502, 'billing_unavailable', 'no answer');
        }),
      ],
    });
    await user.click(await screen.findByRole('button', { name: 'New schedule' }));
    const dialog = await dialogOf('New schedule');
    await user.selectOptions(await dialog.findByLabelText('Dataset'), 'usage_records');
    await user.selectOptions(dialog.getByLabelText('Where to'), 'bucket');
    const submit = dialog.getByRole('button', { name: 'Make schedule' });
    await user.click(submit);
    expect(await dialog.findByText(/no answer/)).toBeVisible();
    await user.click(submit);
    expect(await dialog.findByText(/Schedule 3 writes there/)).toBeVisible();
    expect(new Set(commands).size).toBe(1);
    await user.selectOptions(dialog.getByLabelText('Where to'), 'share');
    await user.click(submit);
    expect(await screen.findByRole('heading', { name: 'Schedule 4' })).toBeVisible();
    expect(exports.made.at(-1)).toMatchObject({
      organization_id: null,
      columns: null,
      period: 'month',
      rhythm: 'daily',
      from: null,
    });
  });
});

describe('one schedule', () => {
  it('says why it is late, and its failed export is gone on with', async () => {
    const { user, exports } = renderApp('/exports/schedules/2');
    const alert = await screen.findByRole('alert');
    expect(within(alert).getByText('It is late: a run failed 3 times')).toBeVisible();
    expect(within(alert).getByText('No space left on device')).toBeVisible();
    expect(within(alert).getByText(/^Next try/)).toBeVisible();
    expect(screen.getByText('Fri, Nov 20, 2026')).toBeVisible();
    expect(screen.getByText('journal_id, amount, currency')).toBeVisible();
    await expectAccessible();
    await user.click(await screen.findByRole('button', { name: 'Go on with export 10' }));
    expect(await screen.findByText('Waiting')).toBeVisible();
    expect(exports.jobs.at(-1)?.status).toBe('waiting');
  });

  it('is renewed while it writes', async () => {
    const { exports } = renderApp('/exports/schedules/3');
    expect(await screen.findByRole('link', { name: 'Export 11' })).toBeVisible();
    Object.assign(exports.schedules[0]!, {
      export_id: null,
      written_until: '2026-12-01T00:00:00Z',
    });
    await waitFor(() => {
      expect(screen.getByText('Tue, Dec 1, 2026')).toBeVisible();
    });
    expect(screen.queryByRole('link', { name: 'Export 11' })).toBeNull();
  });

  it('is asked for as long as it is active, seldom while nothing runs', () => {
    const active = { status: 'active', export_id: null, retry_at: null } as const;
    const later = new Date(Date.now() + 60_000).toISOString();
    expect(pollMillis([active])).toBe(30_000);
    expect(pollMillis([active, { ...active, export_id: '7' }])).toBe(2_000);
    expect(pollMillis([{ ...active, export_id: '7', retry_at: later }])).toBe(30_000);
    expect(pollMillis([{ ...active, status: 'closed' }])).toBe(false);
  });

  it('says that it is not there', async () => {
    renderApp('/exports/schedules/99');
    expect(await screen.findByText('No schedule has the id 99.')).toBeVisible();
  });
});
