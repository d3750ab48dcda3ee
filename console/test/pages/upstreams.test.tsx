import { screen, waitFor, within } from '@testing-library/react';
import { http } from 'msw';
import { describe, expect, it } from 'vitest';
import { problem } from '../answers.ts';
import { expectAccessible, renderApp } from '../renderApp.tsx';
import { UNFIT } from '../site.ts';

const KEY = 'sk-foreign-0123456789';

const rowOf = async (name: string) =>
  within((await screen.findByRole('link', { name })).closest<HTMLElement>('tr, [role=row]')!);

describe('upstreams', () => {
  it('are listed with health, breaker, load and whether their usage is believed', async () => {
    renderApp('/upstreams');
    const west = await rowOf('nim-west');
    expect(west.getByText('Healthy')).toBeVisible();
    expect(west.getByText('Breaker trying')).toBeVisible();
    expect(west.getByText('1 request flagged')).toBeVisible();
    expect(west.getByText('deepseek-r1, r1-distill')).toBeVisible();
    expect((await rowOf('trtllm-old')).getByText('Out of use')).toBeVisible();
    const own = within(screen.getByRole('table', { name: 'This site’s own' }));
    expect(own.getByText('inference-1')).toBeVisible();
    await expectAccessible();
  });

  it('say what will be here while there is none', async () => {
    renderApp('/upstreams', { empty: true });
    expect(await screen.findByText('No server of others yet')).toBeVisible();
    expect(screen.getByText('The settings name none.')).toBeVisible();
    await expectAccessible();
  });

  it('say why they cannot be read', async () => {
    renderApp('/upstreams', {
      before: [http.get('*/admin/api/upstreams', () => problem(500, 'internal_error', 'broken'))],
    });
    expect(await screen.findByRole('alert', {}, { timeout: 4000 })).toHaveTextContent('broken');
  });

  it('are the operator’s alone', async () => {
    renderApp('/upstreams', { who: 'owner' });
    expect(await screen.findByText('Only operators of this site have it.')).toBeVisible();
  });

  it('are probed, then registered, and their key is kept nowhere', async () => {
    const { user, site, queryClient } = renderApp('/upstreams');
    await user.click(await screen.findByRole('button', { name: 'Register a server' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Register a server' }));
    await user.click(dialog.getByRole('button', { name: 'Probe and register' }));
    expect(dialog.getAllByText('This is needed').length).toBeGreaterThan(1);
    expect(site.sent).toEqual([]);
    await user.type(dialog.getByLabelText('Name'), 'vllm-b');
    await user.type(dialog.getByLabelText('Address'), 'https://vllm-b.internal:8000');
    await user.type(dialog.getByLabelText('API key of the server'), KEY);
    await user.type(dialog.getByLabelText('Our name of it'), 'deepseek-r1');
    await user.type(dialog.getByLabelText('The server’s name of it'), 'DeepSeek-R1');
    await expectAccessible();
    await user.click(dialog.getByRole('button', { name: 'Probe only' }));
    expect(await dialog.findByText('The server is fit')).toBeVisible();
    expect(site.upstreams.map(({ name }) => name)).not.toContain('vllm-b');
    await user.click(dialog.getByRole('button', { name: 'Probe and register' }));
    expect(await screen.findByRole('link', { name: 'vllm-b' })).toBeVisible();
    expect(site.sent.map(({ dry, api_key: key }) => [dry, key])).toEqual([
      [true, KEY],
      [false, KEY],
    ]);
    expect(site.sent[1]).toMatchObject({
      start_within_seconds: 60,
      models: [{ priority: 20, context_length: null, reasoning: true }],
    });
    const cached = JSON.stringify([
      queryClient
        .getQueryCache()
        .getAll()
        .map((query) => query.state.data),
      queryClient
        .getMutationCache()
        .getAll()
        .map((mutation) => mutation.state),
    ]);
    expect(cached).not.toContain(KEY);
    expect(document.body.innerHTML).not.toContain(KEY);
  });

  it('that do not count as they must are refused, with what is missing', async () => {
    const { user, site } = renderApp('/upstreams');
    await user.click(await screen.findByRole('button', { name: 'Register a server' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.type(dialog.getByLabelText('Name'), 'bad');
    await user.type(dialog.getByLabelText('Address'), `http://${UNFIT}:8000`);
    await user.type(dialog.getByLabelText('Our name of it'), 'deepseek-r1');
    await user.type(dialog.getByLabelText('The server’s name of it'), 'DeepSeek-R1');
    await user.click(dialog.getByRole('button', { name: 'Probe only' }));
    const found = await dialog.findByRole('alert');
    expect(found).toHaveTextContent('Usage in every event: missing');
    expect(found).toHaveTextContent('It must honour stream_options.continuous_usage_stats.');
    await user.click(dialog.getByRole('button', { name: 'Probe and register' }));
    expect(await dialog.findByText(/Missing: running_usage/)).toBeVisible();
    expect(dialog.getAllByText('Usage in every event: missing')).toHaveLength(1);
    expect(site.upstreams).toHaveLength(3);
    await expectAccessible();
  });
});

describe('one upstream', () => {
  it('shows what is set and what went wrong, each with its request', async () => {
    renderApp('/upstreams/3');
    expect(await screen.findByRole('heading', { name: 'nim-west' })).toBeVisible();
    expect(screen.getByText('Stored, never shown')).toBeVisible();
    expect(screen.getByText(/Fewer output tokens than before/)).toBeVisible();
    expect(screen.getByText('A check of health')).toBeVisible();
    expect(
      screen.getByRole('link', { name: '0199c0de-0000-7000-8000-00000000000a' }),
    ).toHaveAttribute('href', '/console/requests/0199c0de-0000-7000-8000-00000000000a');
    await expectAccessible();
  });

  it('is probed again', async () => {
    const { user } = renderApp('/upstreams/4');
    await user.click(await screen.findByRole('button', { name: 'Probe again' }));
    expect(await screen.findByText('The server is fit')).toBeVisible();
  });

  it('keeps its key where none is typed, and tries a change without making it', async () => {
    const { user, site } = renderApp('/upstreams/4');
    await user.click(await screen.findByRole('button', { name: 'Change' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Change vllm-a' }));
    await user.clear(dialog.getByLabelText('Seconds to the first token'));
    await user.type(dialog.getByLabelText('Seconds to the first token'), '30');
    await user.click(dialog.getByRole('button', { name: 'Probe only' }));
    expect(await dialog.findByText(/Nothing was changed yet/)).toBeVisible();
    expect(site.upstreams[0]).toMatchObject({ start_within_seconds: 60, version: '0' });
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() => {
      expect(site.upstreams[0]).toMatchObject({ start_within_seconds: 30, has_key: true });
    });
    expect(site.sent.every((terms) => !('api_key' in terms))).toBe(true);
  });

  it('keeps tenants apart in its cache when something else is changed', async () => {
    const { user, site } = renderApp('/upstreams/4');
    await user.click(await screen.findByRole('button', { name: 'Change' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Change vllm-a' }));
    expect(dialog.getByLabelText('It takes cache_salt')).toBeChecked();
    await user.clear(dialog.getByLabelText('Name'));
    await user.type(dialog.getByLabelText('Name'), 'vllm-z');
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    await waitFor(() => {
      expect(site.upstreams[0]).toMatchObject({ name: 'vllm-z', cache_salt: true });
    });
    await user.click(await screen.findByRole('button', { name: 'Take out of use' }));
    await user.click(screen.getByRole('button', { name: 'Take vllm-z out of use' }));
    await waitFor(() => {
      expect(site.upstreams[0]).toMatchObject({ enabled: false, cache_salt: true });
    });
  });

  it('gives up keeping tenants apart only where that is asked', async () => {
    const { user, site } = renderApp('/upstreams/4');
    await user.click(await screen.findByRole('button', { name: 'Change' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Change vllm-a' }));
    await user.click(dialog.getByLabelText('It takes cache_salt'));
    site.upstreams[0]!.version = '9';
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await dialog.findByText('Somebody else changed it meanwhile')).toBeVisible();
    expect(dialog.getByText('no')).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Save mine' }));
    await waitFor(() => {
      expect(site.upstreams[0]).toMatchObject({ cache_salt: false, version: '10' });
    });
  });

  it('shows both sides where somebody changed it meanwhile', async () => {
    const { user, site } = renderApp('/upstreams/4');
    await user.click(await screen.findByRole('button', { name: 'Change' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.clear(dialog.getByLabelText('Name'));
    await user.type(dialog.getByLabelText('Name'), 'vllm-mine');
    Object.assign(site.upstreams[0]!, { name: 'vllm-theirs', version: '9' });
    await user.click(dialog.getByRole('button', { name: 'Save' }));
    expect(await dialog.findByText('Somebody else changed it meanwhile')).toBeVisible();
    expect(dialog.getByText('vllm-theirs')).toBeVisible();
    await expectAccessible();
    await user.click(dialog.getByRole('button', { name: 'Save mine' }));
    await waitFor(() => {
      expect(site.upstreams[0]).toMatchObject({ name: 'vllm-mine', version: '10' });
    });
  });

  it('is taken out of use after a question that says what becomes of what runs', async () => {
    const { user, site } = renderApp('/upstreams/4');
    await user.click(await screen.findByRole('button', { name: 'Take out of use' }));
    const dialog = await screen.findByRole('dialog', { name: 'Take vllm-a out of use?' });
    expect(dialog).toHaveTextContent('The 7 that run there');
    await user.click(within(dialog).getByRole('button', { name: 'Take vllm-a out of use' }));
    await waitFor(() => {
      expect(site.upstreams[0]).toMatchObject({ enabled: false, has_key: true });
    });
    expect(await screen.findByRole('button', { name: 'Put into use' })).toBeVisible();
  });

  it('says which field and which check keep it out of use, and what to do', async () => {
    const { user, site } = renderApp('/upstreams/2');
    const before = site.upstreams.find(({ id }) => id === '2')!;
    before.url = `https://${UNFIT}.internal`;
    await user.click(await screen.findByRole('button', { name: 'Put into use' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('button', { name: /trtllm-old/ }));
    expect(await dialog.findByText('Field:')).toHaveTextContent('Field: url');
    expect(dialog.getByText('The server is not fit')).toBeVisible();
    expect(site.upstreams.find(({ id }) => id === '2')).toMatchObject({ enabled: false });
    await expectAccessible();
  });

  it('is removed only after its name is typed, and not if it was changed', async () => {
    const { user, site, history } = renderApp('/upstreams/4');
    await user.click(await screen.findByRole('button', { name: 'Remove' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Remove vllm-a?' }));
    const remove = dialog.getByRole('button', { name: 'Remove vllm-a' });
    expect(remove).toBeDisabled();
    await user.type(dialog.getByRole('textbox'), 'vllm-a');
    site.upstreams[0]!.version = '5';
    await user.click(remove);
    expect(await dialog.findByText(/nothing was done/)).toBeVisible();
    expect(site.upstreams).toHaveLength(3);
    site.upstreams[0]!.version = '0';
    await user.click(remove);
    await waitFor(() => {
      expect(history.location.pathname).toBe('/console/upstreams');
    });
    expect(site.upstreams.map(({ name }) => name)).toEqual(['nim-west', 'trtllm-old']);
  });

  it('says when it is not there any more', async () => {
    renderApp('/upstreams/99');
    expect(await screen.findByText('This server is not registered any more')).toBeVisible();
  });
});
