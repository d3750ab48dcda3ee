import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { fieldsOf } from '@/features/audit/fields';
import { problem } from '../answers.ts';
import { expectAccessible, renderApp } from '../renderApp.tsx';

const table = () => screen.findByRole('table', { name: 'Changes' });

describe('the audit log', () => {
  it('shows who changed what, and goes on by pages', async () => {
    const { user } = renderApp('/audit', { who: 'finance' });
    const rows = within(await table());
    expect(rows.getAllByRole('row')).toHaveLength(51);
    expect(rows.getAllByText('project.changed')[0]).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Show more' }));
    await waitFor(() => {
      expect(rows.getAllByRole('row')).toHaveLength(61);
    });
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
  });

  it('opens a row with before and after, the changed first', async () => {
    const { user, history } = renderApp('/audit', { who: 'owner' });
    await table();
    await user.click(screen.getByRole('button', { name: 'Show project.changed, row 60' }));
    const before = await screen.findByRole('columnheader', { name: 'Before' });
    const lines = within(before.closest<HTMLElement>('[role=table]')!)
      .getAllByRole('row')
      .map((row) => row.textContent);
    expect(lines).toEqual([
      'FieldBeforeAfter',
      'content_daysnull30',
      'modelsnull–',
      'models.0–r1-nano',
      'id1212',
      'nameNightly evaluationNightly evaluation',
    ]);
    expect(history.location.search).toBe('?open=60');
    await expectAccessible();
    await user.click(screen.getByRole('button', { name: 'Hide project.changed, row 60' }));
    await waitFor(() => {
      expect(screen.queryByRole('columnheader', { name: 'Before' })).toBeNull();
    });
  });

  it('is filtered, by the URL', async () => {
    const { user, history } = renderApp('/audit', { who: 'owner' });
    await table();
    await user.type(screen.getByLabelText('Action'), 'key.created');
    await user.click(screen.getByRole('button', { name: 'Filter' }));
    await waitFor(async () => {
      expect(within(await table()).getAllByRole('row')).toHaveLength(21);
    });
    expect(history.location.search).toBe('?action=key.created');
    await user.click(screen.getByRole('button', { name: 'Clear' }));
    await waitFor(async () => {
      expect(within(await table()).getAllByRole('row')).toHaveLength(51);
    });
  });

  it('says when nothing matches', async () => {
    renderApp('/audit?action=nothing', { who: 'owner' });
    expect(await screen.findByText('No change in this selection')).toBeVisible();
    await expectAccessible();
  });

  it('says why it cannot be read', async () => {
    renderApp('/audit', {
      who: 'owner',
      before: [http.get('*/admin/api/audit', () => problem(500, 'internal_error', 'broken'))],
    });
    expect(await screen.findByRole('alert', {}, { timeout: 4000 })).toHaveTextContent('broken');
    await expectAccessible();
  });
});

describe('the chain', () => {
  it('is whole, and checked again by the operator only', async () => {
    const { user } = renderApp('/audit');
    expect(await screen.findByText('The chain is whole')).toBeVisible();
    expect(screen.getByText(/60 rows of all chains/)).toBeVisible();
    expect(screen.getByText(/1 hour ago/)).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Check now' }));
    expect(await screen.findByText(/Checked now/)).toBeVisible();
  });

  it('is the tenant’s own for a tenant', async () => {
    renderApp('/audit', { who: 'finance' });
    expect(await screen.findByText('The chain is whole')).toBeVisible();
    expect(screen.queryByText(/rows of all chains/)).toBeNull();
    expect(screen.queryByRole('button', { name: 'Check now' })).toBeNull();
  });

  it('is red when it is broken', async () => {
    const broken = { at: '2026-11-22T11:00:00Z', events: null, whole: false, broken_chains: ['1'] };
    renderApp('/audit', {
      who: 'owner',
      before: [http.get('*/admin/api/audit/check', () => HttpResponse.json(broken))],
    });
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('The chain is broken');
    expect(alert).toHaveTextContent('do not add up (0 is the site’s): 1');
    await expectAccessible();
  });

  it('says that it was never checked', async () => {
    renderApp('/audit', {
      who: 'owner',
      before: [http.get('*/admin/api/audit/check', () => problem(404, 'not_found', 'none'))],
    });
    expect(await screen.findByText('The chain was not checked yet')).toBeVisible();
  });
});

describe('fields of a change', () => {
  it('are paths down to the leaves', () => {
    expect(fieldsOf({ a: { b: [1, 'x'] }, c: [] }, { a: { b: [1, 'y'] }, c: [] })).toEqual([
      { name: 'a.b.1', before: 'x', after: 'y', changed: true },
      { name: 'a.b.0', before: '1', after: '1', changed: false },
      { name: 'c', before: '[]', after: '[]', changed: false },
    ]);
  });

  it('are all new where nothing was before', () => {
    expect(fieldsOf(null, { name: 'key' })).toEqual([
      { name: 'name', before: undefined, after: 'key', changed: true },
    ]);
    expect(fieldsOf(null, null)).toEqual([]);
  });
});
