import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { problem } from '../answers.ts';
import { PASSWORD } from '../handlers.ts';
import { EMAIL, personOf } from '../people.ts';
import { expectAccessible, renderApp } from '../renderApp.tsx';

async function signIn(user: ReturnType<typeof renderApp>['user'], password = PASSWORD) {
  await user.type(await screen.findByLabelText('Email'), EMAIL);
  await user.type(screen.getByLabelText('Password'), password);
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
}

describe('login', () => {
  it('comes before every page and leads to the one that was asked for', async () => {
    const { user, history } = renderApp('/keys?project_id=11', { signedIn: false });
    await signIn(user);
    expect(await screen.findByRole('heading', { name: 'Keys' })).toBeVisible();
    expect(history.location.href).toBe('/console/keys?project_id=11');
  });

  it('refuses a wrong password in words and keeps the form', async () => {
    const { user } = renderApp('/login', { signedIn: false });
    await signIn(user, 'wrong');
    expect(await screen.findByRole('alert')).toHaveTextContent('Email or password is wrong');
    expect(screen.getByLabelText('Email')).toHaveValue(EMAIL);
    await expectAccessible();
  });

  it('says how long to wait after too many attempts', async () => {
    const refusal = problem(429, 'too_many_attempts', 'Too many', { 'Retry-After': '30' });
    const { user } = renderApp('/login', {
      signedIn: false,
      before: [http.post('*/admin/api/session', () => refusal)],
    });
    await signIn(user);
    expect(await screen.findByRole('alert')).toHaveTextContent('Try again in 30 seconds');
  });

  it('says when the server cannot be reached', async () => {
    const { user } = renderApp('/login', {
      signedIn: false,
      before: [http.post('*/admin/api/session', () => HttpResponse.error())],
    });
    await signIn(user);
    expect(await screen.findByRole('alert')).toHaveTextContent('The server cannot be reached');
  });

  it.each([
    ['not_invited', /Nobody has invited you/],
    ['invitation_not_good', /This invitation was used or taken back/],
    ['address_taken', /belongs to another account/],
    ['address_not_verified', /has not verified your email/],
    ['disabled', /Your account is disabled/],
    ['too_many_attempts', /Wait 15 minutes/],
    ['auth_unavailable', /does not answer or has failed/],
    ['not_authenticated', /The sign-in was cancelled/],
    ['something_new', /refused the sign-in \(something_new\)/],
  ])('says why the identity provider’s way ended: %s', async (reason, words) => {
    renderApp(`/login?refused=${reason}&request_id=0199-ab`, { signedIn: false });
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent(words);
    expect(alert).toHaveTextContent('0199-ab');
    await expectAccessible();
  });

  it('shows no text of the link itself', async () => {
    renderApp('/login?refused=%3Cb%3ECall%20me%3C/b%3E', { signedIn: false });
    await screen.findByLabelText('Password');
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('has no form where passwords are switched off', async () => {
    renderApp('/login', { signedIn: false, login: { password: false, oidc: true } });
    expect(await screen.findByText('Passwords are switched off on this site.')).toBeVisible();
    expect(screen.queryByLabelText('Password')).toBeNull();
    const way = screen.getByRole('link', { name: 'Use your organization’s account' });
    expect(way).toHaveAttribute('href', '/admin/login/oidc');
    await expectAccessible();
  });

  it('has no button where there is no identity provider', async () => {
    renderApp('/login', { signedIn: false, login: { password: true, oidc: false } });
    await screen.findByLabelText('Password');
    expect(screen.queryByRole('link', { name: /organization’s account/ })).toBeNull();
  });

  it('says when passwords were switched off meanwhile', async () => {
    const refusal = problem(403, 'forbidden', 'forbidden');
    const { user } = renderApp('/login', {
      signedIn: false,
      before: [http.post('*/admin/api/session', () => refusal)],
    });
    await signIn(user);
    expect(await screen.findByRole('alert')).toHaveTextContent('Nobody signs in by password here');
  });

  it('never follows a link to another site', async () => {
    const { user, history } = renderApp('/login?next=//evil.example/', { signedIn: false });
    await signIn(user);
    expect(await screen.findByRole('heading', { name: 'Overview' })).toBeVisible();
    expect(history.location.pathname).toBe('/console/');
  });

  it('keeps the password out of every cache', async () => {
    const { user, queryClient } = renderApp('/login', { signedIn: false });
    await signIn(user);
    await screen.findByRole('heading', { name: 'Overview' });
    const cached = () =>
      JSON.stringify([
        queryClient
          .getQueryCache()
          .getAll()
          .map((query) => query.state.data),
        queryClient
          .getMutationCache()
          .getAll()
          .map((mutation) => mutation.state),
      ]);
    await waitFor(() => {
      expect(cached()).not.toContain(PASSWORD);
    });
  });

  it('returns when the session ends, and after signing out', async () => {
    const { user } = renderApp('/');
    await user.click(await screen.findByRole('button', { name: 'Sign out' }));
    expect(await screen.findByLabelText('Password')).toBeVisible();
  });

  it('returns when any answer says 401', async () => {
    renderApp('/', {
      before: [
        http.get('*/admin/api/overview', () => problem(401, 'unauthenticated', 'Sign in first')),
        http.get(
          '*/admin/api/session',
          () =>
            HttpResponse.json({
              authenticated: true,
              operator: { email: EMAIL },
              person: personOf('operator'),
              csrf: { header: 'X-CSRF-TOKEN', token: 'x' },
            }),
          { once: true },
        ),
        http.get('*/admin/api/session', () =>
          HttpResponse.json({ authenticated: false, csrf: { header: 'X-CSRF-TOKEN', token: 'y' } }),
        ),
      ],
    });
    expect(await screen.findByLabelText('Password')).toBeVisible();
  });
});
