import { screen, within } from '@testing-library/react';
import { http } from 'msw';
import { describe, expect, it } from 'vitest';
import { speak } from '@/lib/i18n/i18n';
import { problem } from '../answers.ts';
import { renderApp } from '../renderApp.tsx';

describe('the console', () => {
  it('names the page it is on', async () => {
    renderApp('/keys');
    const nav = within(await screen.findByRole('navigation', { name: 'Main' }));
    expect(nav.getByRole('link', { name: 'Keys' })).toHaveAttribute('aria-current', 'page');
    expect(nav.getByRole('link', { name: 'Overview' })).not.toHaveAttribute('aria-current');
    await screen.findByRole('heading', { name: 'Keys' });
    expect(document.title).toBe('Keys · R1 Platform');
  });

  it('switches to Korean and back without a reload', async () => {
    const { user } = renderApp('/');
    await user.selectOptions(await screen.findByLabelText('Language'), '한국어');
    expect(await screen.findByRole('heading', { name: '개요' })).toBeVisible();
    expect(document.documentElement.lang).toBe('ko');
    await speak('en');
    expect(await screen.findByRole('heading', { name: 'Overview' })).toBeVisible();
  });

  it('switches between light, dark and the system', async () => {
    const { user } = renderApp('/');
    await user.click(await screen.findByRole('radio', { name: 'Dark' }));
    expect(document.documentElement).toHaveAttribute('data-mantine-color-scheme', 'dark');
    await user.click(screen.getByRole('radio', { name: 'System' }));
    expect(document.documentElement).toHaveAttribute('data-mantine-color-scheme', 'light');
  });

  it('says when there is no such page', async () => {
    renderApp('/nowhere');
    expect(await screen.findByText('There is no such page')).toBeVisible();
    expect(screen.getByRole('link', { name: 'Usage' })).toBeVisible();
  });

  it('says why it cannot start, and tries again', async () => {
    let broken = true;
    const { user } = renderApp('/', {
      before: [
        http.get('*/admin/api/session', () =>
          broken ? problem(500, 'internal', 'Something broke') : undefined,
        ),
      ],
    });
    const alert = await screen.findByRole('alert', {}, { timeout: 4000 });
    expect(alert).toHaveTextContent('Something broke');
    broken = false;
    await user.click(within(alert).getByRole('button', { name: 'Retry' }));
    expect(await screen.findByRole('heading', { name: 'Overview' })).toBeVisible();
  });
});
