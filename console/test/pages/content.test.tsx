import { screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { answerParts, promptParts } from '@/features/usage/transcript';
import { createWorld } from '../world.ts';
import { expectAccessible, renderApp } from '../renderApp.tsx';

const requestOf = (project: string) =>
  createWorld(new Date()).requests.find(({ key }) => key.project_id === project)!.id;

describe('stored prompts and answers', () => {
  it('are shown to the project’s people when they ask, and only then', async () => {
    const id = requestOf('11');
    const { user, world, queryClient } = renderApp(`/requests/${id}`, { who: 'developer' });
    expect(await screen.findByText(/is noted in the audit log/)).toBeVisible();
    expect(world.contentViews).toEqual([]);
    await user.click(screen.getByRole('button', { name: 'Show prompt and answer' }));
    expect(await screen.findByText('What is <b>347</b> + 589?')).toBeVisible();
    expect(screen.getByText('300 + 500 is 800, 47 + 89 is 136.')).toBeVisible();
    expect(screen.getByText('It is 936.')).toBeVisible();
    expect(world.contentViews).toEqual([id]);
    await expectAccessible();
    const cached = JSON.stringify(
      queryClient
        .getQueryCache()
        .getAll()
        .map((query) => query.state.data),
    );
    expect(cached).not.toContain('347');
    await user.click(screen.getByRole('button', { name: 'Hide' }));
    expect(screen.queryByText('It is 936.')).toBeNull();
  });

  it('are not the operator’s', async () => {
    const { world } = renderApp(`/requests/${requestOf('11')}`);
    expect(await screen.findByText(/operators do not see them/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Show prompt and answer' })).toBeNull();
    expect(world.contentViews).toEqual([]);
  });

  it('are not a viewer’s', async () => {
    renderApp(`/requests/${requestOf('11')}`, { who: 'viewer' });
    expect(await screen.findByText(/Your roles do not let you read them/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Show prompt and answer' })).toBeNull();
  });

  it('are said not to be there where the project stores none', async () => {
    renderApp(`/requests/${requestOf('12')}`, { who: 'owner' });
    expect(await screen.findByText(/This project stores no prompts and answers/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Show prompt and answer' })).toBeNull();
  });
});

describe('storing', () => {
  const open = async (who: 'owner' | 'project admin', name: string) => {
    const app = renderApp('/projects', { who });
    await app.user.click(await screen.findByRole('button', { name: `Storing of ${name}` }));
    return { ...app, dialog: within(await screen.findByRole('dialog')) };
  };

  it('is switched on with its effect said first', async () => {
    const { user, dialog, world } = await open('owner', 'Nightly evaluation');
    await user.click(dialog.getByRole('checkbox', { name: 'Store prompts and answers' }));
    const days = dialog.getByLabelText('Days');
    await user.clear(days);
    await user.type(days, '91');
    expect(dialog.getByText('A whole number from 1 to 90')).toBeVisible();
    await user.clear(days);
    await user.type(days, '7');
    expect(dialog.getByRole('status')).toHaveTextContent('stored for 7 days');
    await expectAccessible();
    await user.click(dialog.getByRole('button', { name: 'Store for Nightly evaluation' }));
    await waitFor(() => {
      expect(world.projects[1]).toMatchObject({ content_days: 7 });
    });
    expect(await screen.findByText('Stored for 7 days')).toBeVisible();
  });

  it('is switched off only by typing the project’s name', async () => {
    const { user, dialog, world } = await open('owner', 'Homework helper');
    await user.click(dialog.getByRole('checkbox', { name: 'Store prompts and answers' }));
    expect(dialog.getByRole('status')).toHaveTextContent('cannot be undone');
    const off = dialog.getByRole('button', { name: 'Stop storing for Homework helper' });
    expect(off).toBeDisabled();
    await user.type(dialog.getByLabelText(/to confirm$/), 'Homework helper');
    await expectAccessible();
    await user.click(off);
    await waitFor(() => {
      expect(world.projects[0]).toMatchObject({ content_days: null });
    });
  });

  it('shows a conflict side by side', async () => {
    const { user, dialog, world } = await open('owner', 'Homework helper');
    const days = dialog.getByLabelText('Days');
    await user.clear(days);
    await user.type(days, '60');
    Object.assign(world.projects[0]!, { content_days: 14, version: '9' });
    await user.click(dialog.getByRole('button', { name: 'Store for Homework helper' }));
    const alert = within(await dialog.findByRole('alert'));
    expect(alert.getByRole('row', { name: /^Prompts and answers/ })).toHaveTextContent(
      'Stored for 60 daysStored for 14 days',
    );
    await expectAccessible();
    await user.click(alert.getByRole('button', { name: 'Take theirs' }));
    expect(dialog.getByLabelText('Days')).toHaveValue('14');
    expect(world.projects[0]).toMatchObject({ content_days: 14, version: '9' });
  });

  it('is absent for who may not', async () => {
    renderApp('/projects', { who: 'viewer' });
    expect(await screen.findByText('Stored for 30 days')).toBeVisible();
    expect(screen.queryByRole('button', { name: /^Storing/ })).toBeNull();
    await expectAccessible();
  });

  it('is an admin’s of the project', async () => {
    const { dialog } = await open('project admin', 'Homework helper');
    expect(dialog.getByLabelText('Days')).toHaveValue('30');
  });

  it('says when there is no project', async () => {
    renderApp('/projects', { empty: true });
    expect(await screen.findByText('No project yet')).toBeVisible();
    await expectAccessible();
  });
});

describe('a transcript', () => {
  it('is made of chat bodies and of plain prompts', () => {
    expect(
      promptParts('{"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]}'),
    ).toEqual([{ role: 'user', text: 'a' }]);
    expect(promptParts('{"prompt":"a"}')).toEqual([{ role: 'user', text: 'a' }]);
    expect(promptParts('not json')).toBeUndefined();
  });

  it('is made of whole answers, of streams, and of none', () => {
    const whole = '{"choices":[{"message":{"reasoning_content":"hm","content":"a"}}]}';
    const both = [
      { role: 'reasoning', text: 'hm' },
      { role: 'assistant', text: 'a' },
    ];
    expect(answerParts(whole, 'application/json')).toEqual(both);
    const stream =
      'data: {"choices":[{"delta":{"reasoning_content":"hm"}}]}\n\n' +
      'data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: [DONE]\n\n';
    expect(answerParts(stream, 'text/event-stream')).toEqual(both);
    expect(answerParts('{"error":{}}', 'application/json')).toBeUndefined();
  });
});
