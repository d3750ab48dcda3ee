import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { expectAccessible, renderApp } from '../renderApp.tsx';
import { createWorld, reconciliationOf } from '../world.ts';

type Page = ReturnType<typeof reconciliationOf>;

function renderWith(change: (page: Page) => object) {
  return renderApp('/reconciliation', {
    before: [
      http.get('*/admin/api/reconciliation', () => {
        const page = reconciliationOf(createWorld(new Date()));
        return HttpResponse.json({ ...page, ...change(page) });
      }),
    ],
  });
}

describe('reconciliation', () => {
  it('is green when all columns agree and every waived token has a cause', async () => {
    renderApp('/reconciliation');
    expect(await screen.findByText('Engine = journal = usage = ledger')).toBeVisible();
    expect(screen.getAllByText(/equal$/)).toHaveLength(4);
    expect(screen.getByText('generated after the stop was asked for')).toBeVisible();
    await expectAccessible();
  });

  it('is red and names each difference with its request', async () => {
    renderWith(() => ({
      differences: [
        {
          event_id: '0199-orphan',
          what: 'engine receipt without usage record',
          engine_input: '12',
          engine_output: '40',
          usage_input: '0',
          usage_output: '0',
          cost: null,
        },
      ],
    }));
    expect(await screen.findByText('1 unexplained difference')).toBeVisible();
    expect(screen.getByRole('link', { name: '0199-orphan' })).toHaveAttribute(
      'href',
      '/console/requests/0199-orphan',
    );
    expect(screen.getByText('12 · 40')).toBeVisible();
    await expectAccessible();
  });

  it('compares the engine token by token', async () => {
    renderWith((page) => ({ engine: { ...page.engine, output: `${page.engine.output}0` } }));
    expect(await screen.findByText('The columns differ')).toBeVisible();
    expect(screen.getAllByText(/equal$/)).toHaveLength(3);
  });

  it('waits while records are on their way', async () => {
    renderWith((page) => ({
      journal: { ...page.journal, requests: `${page.journal.requests}0`, unshipped: '3' },
    }));
    expect(await screen.findByText('Still on the way')).toBeVisible();
    expect(screen.getByText(/3 records not yet shipped/)).toBeVisible();
  });

  it('is red when everything was shipped and the ledger differs by a pico-dollar', async () => {
    renderWith((page) => ({ ledger: { cost: `${page.ledger.cost}0001`.slice(0, 14) } }));
    expect(await screen.findByText('The columns differ')).toBeVisible();
    expect(screen.getByText(/differs$/)).toBeVisible();
  });
});
