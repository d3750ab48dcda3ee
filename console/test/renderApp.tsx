import { createMemoryHistory } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import type { RequestHandler } from 'msw';
import { expect } from 'vitest';
import { App } from '@/app/App';
import { createQueryClient } from '@/app/queryClient';
import { createAppRouter } from '@/app/router';
import { createHandlers } from './handlers.ts';
import type { Who } from './people.ts';
import { server } from './server.ts';

interface Options {
  signedIn?: boolean;
  empty?: boolean;
  who?: Who;
  login?: { password: boolean; oidc: boolean };
  /** Handlers that answer before the usual ones. */
  before?: RequestHandler[];
}

/** The whole console at an address below /console, over its own invented world. */
export function renderApp(path: string, { before = [], ...options }: Options = {}) {
  const { handlers, ...made } = createHandlers({ signedIn: true, ...options });
  server.use(...before, ...handlers);
  const queryClient = createQueryClient(() => void router.invalidate());
  const history = createMemoryHistory({ initialEntries: [`/console${path}`] });
  const router = createAppRouter(queryClient, history);
  render(<App queryClient={queryClient} router={router} />);
  return {
    ...made,
    queryClient,
    history,
    user: userEvent.setup({ delay: null }),
  };
}

/** No violation that axe can see without a layout; colours are checked in the browser. */
export async function expectAccessible() {
  const { violations } = await axe.run(document.body, {
    rules: { 'color-contrast': { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
}
