import { screen, within } from '@testing-library/react';
import { delay, http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { problem } from '../answers.ts';
import { expectAccessible, renderApp } from '../renderApp.tsx';
import { overviewOf } from '../world.ts';

describe('overview', () => {
  it('shows the month in four figures, each a link to what it sums', async () => {
    const { world } = renderApp('/');
    const { requests, reference } = overviewOf(world, '2026-11');
    const tile = await screen.findByRole('link', { name: /^Requests/ });
    expect(tile).toHaveTextContent(requests);
    expect(tile).toHaveAttribute('href', '/console/requests?from=2026-11-01&to=2026-12-01');
    expect(screen.getByRole('link', { name: /^Cost to date/ })).toHaveAttribute(
      'href',
      '/console/usage?from=2026-11-01&to=2026-12-01&group_by=day',
    );
    expect(screen.getByRole('link', { name: /^Same usage on OpenAI o1/ })).toHaveTextContent(
      `${reference.ratio ?? ''} × our cost`,
    );
    await expectAccessible();
  });

  it('opens the requests of a day from its column', async () => {
    renderApp('/');
    const chart = await screen.findByRole('region', { name: 'Tokens by class' });
    expect(within(chart).getByRole('link', { name: /^Fri, Nov 20, 2026/ })).toHaveAttribute(
      'href',
      '/console/requests?from=2026-11-20&to=2026-11-21',
    );
  });

  it('shows the same numbers as a table', async () => {
    const { user, world } = renderApp('/');
    const chart = await screen.findByRole('region', { name: 'Tokens by class' });
    await user.click(within(chart).getByRole('button', { name: 'Show as table' }));
    const days = overviewOf(world, '2026-11').days.length;
    expect(within(chart).getAllByRole('row')).toHaveLength(days + 1);
  });

  it('lists the projects that cost most, each opening its usage', async () => {
    renderApp('/');
    const panel = await screen.findByRole('region', { name: 'Top projects' });
    expect(within(panel).getByRole('link', { name: /Homework helper/ })).toHaveAttribute(
      'href',
      '/console/usage?from=2026-11-01&to=2026-12-01&group_by=key&project_id=11',
    );
  });

  it('keeps the chosen month in the URL and never goes into the future', async () => {
    const { user, history } = renderApp('/');
    await user.click(await screen.findByRole('button', { name: 'Previous month' }));
    expect(history.location.search).toBe('?month=2026-10');
    expect(await screen.findByText('No usage in October 2026')).toBeVisible();
    await user.selectOptions(screen.getByLabelText('Month (UTC)'), 'November 2026');
    expect(screen.getByRole('button', { name: 'Next month' })).toBeDisabled();
  });

  it('says on an empty site what to do, with a line that names this server', async () => {
    renderApp('/', { empty: true });
    expect(await screen.findByText('No usage in November 2026')).toBeVisible();
    expect(screen.getByText(/^curl -N/)).toHaveTextContent(
      `curl -N ${window.location.origin}/v1/chat/completions`,
    );
    expect(screen.getByRole('link', { name: 'Create a key' })).toHaveAttribute(
      'href',
      '/console/keys',
    );
    await expectAccessible();
  });

  it('shows skeletons, and after two seconds what is awaited', async () => {
    renderApp('/', {
      before: [
        http.get('*/admin/api/overview', async () => {
          await delay('infinite');
        }),
      ],
    });
    await screen.findByRole('heading', { name: 'Overview' });
    expect(document.querySelectorAll('.mantine-Skeleton-root')).not.toHaveLength(0);
    expect(
      await screen.findByText('Still waiting for this month’s totals …', {}, { timeout: 4000 }),
    ).toBeVisible();
  });

  it('names a failure with code and request id, and tries again', async () => {
    let broken = true;
    const { user } = renderApp('/', {
      before: [
        http.get('*/admin/api/overview', () =>
          broken ? problem(503, 'billing_unavailable', 'Billing does not answer') : undefined,
        ),
      ],
    });
    const alert = await screen.findByRole('alert', {}, { timeout: 4000 });
    expect(alert).toHaveTextContent('Billing does not answer');
    expect(alert).toHaveTextContent('billing_unavailable');
    expect(alert).toHaveTextContent('0199c0de-0000-7000-8000-0000000000ff');
    broken = false;
    await user.click(within(alert).getByRole('button', { name: 'Retry' }));
    expect(await screen.findByRole('link', { name: /^Requests/ })).toBeVisible();
  });

  it('says what is wrong with an answer in another form', async () => {
    renderApp('/', {
      before: [http.get('*/admin/api/overview', () => HttpResponse.json({ cost: 12.5 }))],
    });
    expect(await screen.findByRole('alert', {}, { timeout: 4000 })).toHaveTextContent(
      'unexpected_answer',
    );
  });

  it.each([
    [30_000, 'Up to date 30 seconds ago'],
    [180_000, 'Data as of 3 minutes ago'],
  ])('says how old its numbers are: %i ms', async (age, words) => {
    renderApp('/', {
      before: [
        http.get('*/admin/api/overview', async () => {
          const { createWorld } = await import('../world.ts');
          const now = new Date();
          return HttpResponse.json({
            ...overviewOf(createWorld(now), '2026-11'),
            as_of: new Date(now.getTime() - age).toISOString(),
          });
        }),
      ],
    });
    expect(await screen.findByText(words)).toBeVisible();
  });
});
