import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { problem } from '../answers.ts';
import { expectAccessible, renderApp } from '../renderApp.tsx';
import { detailOf, usageOf } from '../world.ts';

const cellsOf = (row: HTMLElement) =>
  within(row)
    .getAllByRole('cell')
    .map((cell) => cell.textContent);

describe('usage', () => {
  it('goes from day to project to key to requests', async () => {
    const { user, history } = renderApp('/usage');
    await user.click(await screen.findByRole('link', { name: 'Fri, Nov 20, 2026' }));
    expect(history.location.search).toBe('?from=2026-11-20&to=2026-11-21&group_by=project');
    await user.click(await screen.findByRole('link', { name: 'Homework helper' }));
    expect(await screen.findByText('Project: Homework helper')).toBeVisible();
    await user.click(await screen.findByRole('link', { name: /requests of web app$/ }));
    expect(await screen.findByRole('heading', { name: 'Requests' })).toBeVisible();
    expect(history.location.search).toContain('api_key_id=21');
  });

  it('sums to the same total in every grouping', async () => {
    const { world } = renderApp('/usage?group_by=key');
    const table = await screen.findByRole('table');
    const { total } = usageOf(world, new URLSearchParams('group_by=day&from=2026-11-01'));
    const footer = within(table).getAllByRole('row').at(-1)!;
    expect(cellsOf(footer)[1]).toBe(total.requests);
    await expectAccessible();
  });

  it('keeps its order in the URL', async () => {
    const { user, history } = renderApp('/usage?group_by=project');
    await user.click(await screen.findByRole('button', { name: 'Requests' }));
    await waitFor(() => {
      expect(history.location.search).toContain('sort=-requests');
    });
    const column = screen.getByRole('columnheader', { name: 'Requests' });
    expect(column).toHaveAttribute('aria-sort', 'descending');
    const counts = screen
      .getAllByRole('row')
      .slice(1, -1)
      .map((row) => parseInt(cellsOf(row)[1] ?? '', 10));
    expect(counts).toEqual([...counts].sort((left, right) => right - left));
  });

  it('removes a filter by its button', async () => {
    const { user, history } = renderApp('/usage?project_id=12&group_by=key');
    await user.click(
      await screen.findByRole('button', { name: 'Remove filter Project Nightly evaluation' }),
    );
    await waitFor(() => {
      expect(history.location.search).toBe('?group_by=key');
    });
  });

  it('ignores parameters that make no sense', async () => {
    renderApp('/usage?from=yesterday&group_by=mood&project_id=x');
    expect(await screen.findByRole('link', { name: 'Fri, Nov 20, 2026' })).toBeVisible();
  });

  it('says when nothing was used', async () => {
    renderApp('/usage', { empty: true });
    expect(await screen.findByText('No usage in this selection')).toBeVisible();
  });

  it('names a failure', async () => {
    renderApp('/usage', {
      before: [http.get('*/admin/api/usage', () => problem(400, 'bad_range', 'Bad range'))],
    });
    expect(await screen.findByRole('alert')).toHaveTextContent('bad_range');
  });
});

describe('requests', () => {
  it('come fifty at a time, newest first', async () => {
    const { user, world } = renderApp('/requests');
    await screen.findByRole('table');
    const links = () =>
      [...document.querySelectorAll('tbody a')].map((link) => link.getAttribute('href'));
    const expected = world.requests.map(({ id }) => `/console/requests/${id}`);
    expect(links()).toEqual(expected.slice(0, 50));
    await user.click(screen.getByRole('button', { name: 'Show more' }));
    await waitFor(() => {
      expect(links()).toEqual(expected.slice(0, 100));
    });
  });

  it('are filtered by how they ended', async () => {
    const { user, history, world } = renderApp('/requests');
    await screen.findByRole('table');
    await user.selectOptions(screen.getByLabelText('Finish'), 'Client left');
    const left = world.requests.filter((request) => request.finish === 'client_disconnect');
    await waitFor(() => {
      expect(screen.getAllByRole('row')).toHaveLength(left.length + 1);
    });
    expect(history.location.search).toBe('?finish=client_disconnect');
    await expectAccessible();
  });

  it('say when there is none', async () => {
    renderApp('/requests', { empty: true });
    expect(await screen.findByText('No request in this selection')).toBeVisible();
  });
});

describe('one request', () => {
  const detail = (changed: object) => ({
    before: [
      http.get('*/admin/api/requests/:id', async () => {
        const { createWorld } = await import('../world.ts');
        const world = createWorld(new Date());
        return HttpResponse.json({ ...detailOf(world, world.requests[0]!), ...changed });
      }),
    ],
  });

  it('shows its charge as a formula', async () => {
    renderApp(
      '/requests/any',
      detail({
        cost: '0.00330722',
        lines: [
          ['HIT', '768', '0.14', '140000', '0.00010752'],
          ['MISS', '44', '0.55', '550000', '0.0000242'],
          ['REASONING', '1203', '2.19', '2190000', '0.00263457'],
          ['ANSWER', '247', '2.19', '2190000', '0.00054093'],
        ].map(([sku, tokens, unit_price, unit_pico, cost]) => ({
          sku,
          tokens,
          unit_price,
          unit_pico,
          cost,
        })),
      }),
    );
    expect(await screen.findByTestId('formula')).toHaveTextContent(
      '768 hit × 0.14 + 44 miss × 0.55 + 1,203 reasoning × 2.19 + 247 answer × 2.19 (USD per 1M) = 0.00330722 USD',
    );
    expect(screen.queryByText(/do not add up/)).toBeNull();
    await expectAccessible();
  });

  it('warns when the lines do not sum to the cost', async () => {
    renderApp('/requests/any', detail({ cost: '0.000000000001' }));
    expect(await screen.findByText(/do not add up/)).toBeVisible();
  });

  it('says in words what was waived, and that engine and gateway agree', async () => {
    const { world, user } = renderApp('/requests?finish=client_disconnect');
    const request = world.requests.find(({ finish }) => finish === 'client_disconnect')!;
    await screen.findByRole('table');
    await user.click(document.querySelector(`a[href$="${request.id}"]`)!);
    expect(await screen.findByText(/The client closed the connection/)).toHaveTextContent(
      `0 prompt and ${request.waived.output} output tokens (generated after the stop was asked for)`,
    );
    expect(screen.getByText(/receipt equals what was charged and waived/)).toBeVisible();
  });

  it('says when engine and gateway differ', async () => {
    renderApp('/requests/any', detail({ waived: { input: '5', output: '0', cause: 'RETRY' } }));
    expect(await screen.findByText(/receipt differs/)).toBeVisible();
  });

  it('hashes the record in the browser', async () => {
    const { user } = renderApp('/requests/any', detail({}));
    await user.click(await screen.findByRole('button', { name: 'Verify here' }));
    expect(await screen.findByText(/it gives this leaf hash/)).toBeVisible();
  });

  it('finds a forged record', async () => {
    const { user } = renderApp('/requests/any', detail({ leaf_sha256: '00'.repeat(32) }));
    await user.click(await screen.findByRole('button', { name: 'Verify here' }));
    expect(await screen.findByText(/got another hash/)).toBeVisible();
  });

  it('has a receipt whose proof is checked in the browser', async () => {
    const { user, world } = renderApp('/requests');
    await screen.findByRole('table');
    await user.click(document.querySelector(`a[href$="${world.requests[3]!.id}"]`)!);
    const panel = within(await screen.findByRole('region', { name: 'Receipt' }));
    const text = (await panel.findByText(/^v1\./)).textContent;
    await user.click(panel.getByRole('button', { name: 'Copy Receipt' }));
    expect(await navigator.clipboard.readText()).toBe(text);
    expect(panel.getByText('log.r1.example')).toBeVisible();
    expect(panel.getByText(/r1-verify-bill.jar bundle.zip/)).toBeVisible();
    await user.click(panel.getByRole('button', { name: 'Check the proof here' }));
    expect(await panel.findByText(/all hold/)).toBeVisible();
    await expectAccessible();
  });

  it('says that its receipt waits for a checkpoint', async () => {
    const { world } = renderApp('/requests');
    const newest = world.requests[0]!.id;
    cleanup();
    renderApp(`/requests/${newest}`);
    expect(await screen.findByText(/not in a checkpoint of the log yet/)).toBeVisible();
  });

  it('says why a record that is held has no proof, and asks no more', async () => {
    const why = 'The record is held since 2026-11-22T10:00:00Z (LATE): a person decides.';
    let asked = 0;
    const held = http.get('*/admin/api/requests/:id/receipt', ({ params }) => {
      asked++;
      return HttpResponse.json({
        id: params.id,
        receipt: 'v1.AQEAAQ',
        log_index: null,
        proof: null,
        held: why,
      });
    });
    const { queryClient } = renderApp('/requests/any', { before: [held, ...detail({}).before] });
    expect(await screen.findByText(why)).toBeVisible();
    expect(screen.queryByText(/two or three seconds/)).toBeNull();
    const [query] = queryClient.getQueryCache().findAll({ queryKey: ['receipt'] });
    const { refetchInterval } = query!.observers[0]!.options;
    expect(typeof refetchInterval === 'function' && refetchInterval(query!)).toBe(false);
    expect(asked).toBe(1);
  });

  it('says that its receipt is not found any more', async () => {
    const gone = http.get('*/admin/api/requests/:id/receipt', () =>
      problem(404, 'not_found', 'This receipt does not exist'),
    );
    renderApp('/requests/any', { before: [gone, ...detail({}).before] });
    expect(await screen.findByText('There is no receipt any more')).toBeVisible();
  });

  it('says that it is on its way while only the journal has it', async () => {
    const pending = { lines: null, engine: null, ledger: null, waived: null, price_version: null };
    renderApp('/requests/any', detail({ ...pending, status: 'in_journal', cost: null }));
    expect(await screen.findByText('In the journal, on its way to the ledger')).toBeVisible();
    expect(screen.getByText(/appears as soon as the record is in the ledger/)).toBeVisible();
  });

  it('says when there is no such request', async () => {
    renderApp('/requests/0199');
    expect(await screen.findByText('No request has the id 0199.')).toBeVisible();
  });
});
