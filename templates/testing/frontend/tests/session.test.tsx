import { beforeEach, describe, expect, it } from '@jest/globals';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeApi, problem } from './support/fakeApi.ts';
import { ada, renderApp } from './support/renderApp.tsx';

const session = { user: ada, accessToken: 'token' };
let api: FakeApi;

beforeEach(() => {
  api = new FakeApi();
});

/** The page's own form, not the links of the header. */
async function button(name: string): Promise<HTMLElement> {
  return within(await screen.findByRole('main')).findByRole('button', { name });
}

describe('sign in', () => {
  it('asks for both parts before anything is sent', async () => {
    renderApp(api, '/login');
    await userEvent.click(await button('Sign in'));
    expect(await screen.findByText('Email is required')).toBeVisible();
    expect(screen.getByLabelText('Password')).toBeInvalid();
    expect(api.callsOf('POST', '/auth/login')).toHaveLength(0);
  });

  it('goes on to the page that was asked for', async () => {
    api.on('POST /auth/login', () => ({ status: 200, body: session }));
    const router = renderApp(api, '/account');
    await userEvent.type(await screen.findByLabelText('Email'), 'ada@example.com');
    await userEvent.type(screen.getByLabelText('Password'), 'analytical engine');
    await userEvent.click(await button('Sign in'));
    expect(await screen.findByRole('heading', { name: 'Your account' })).toBeVisible();
    expect(router.state.location.pathname).toBe('/account');
    expect(api.callsOf('POST', '/auth/login')[0]?.body).toEqual({
      email: 'ada@example.com',
      password: 'analytical engine',
    });
  });

  it('never leads to another site', async () => {
    const router = renderApp(api, '/login?next=//evil.example', ada);
    await screen.findByRole('heading', { name: `Hello, ${ada.name}` });
    expect(router.state.location.pathname).toBe('/');
  });

  it('says why it failed', async () => {
    api.on('POST /auth/login', () => problem(401, 'Email or password is wrong'));
    renderApp(api, '/login');
    await userEvent.type(await screen.findByLabelText('Email'), 'ada@example.com');
    await userEvent.type(screen.getByLabelText('Password'), 'guess');
    await userEvent.click(await button('Sign in'));
    expect(await screen.findByText('Email or password is wrong')).toBeVisible();
  });

  it('can show the password', async () => {
    renderApp(api, '/login');
    const password = await screen.findByLabelText('Password');
    expect(password).toHaveAttribute('type', 'password');
    await userEvent.click(await button('Show'));
    expect(password).toHaveAttribute('type', 'text');
  });
});

describe('create account', () => {
  it('shows what the server objects to at the input', async () => {
    api.on('POST /auth/register', () =>
      problem(409, 'Taken', [{ path: 'email', message: 'There is an account with this address' }]),
    );
    renderApp(api, '/register');
    await userEvent.type(await screen.findByLabelText('Name'), 'Ada');
    await userEvent.type(screen.getByLabelText('Email'), 'ada@example.com');
    await userEvent.type(screen.getByLabelText('Password'), 'analytical engine');
    await userEvent.click(await button('Create account'));
    const message = await screen.findByText('There is an account with this address');
    expect(screen.getByLabelText('Email')).toHaveAttribute('aria-describedby', message.id);
  });

  it('wants a password of some length', async () => {
    renderApp(api, '/register');
    await userEvent.type(await screen.findByLabelText('Password'), 'short');
    await userEvent.click(await button('Create account'));
    expect(await screen.findByText('Use at least 8 characters')).toBeVisible();
    expect(api.callsOf('POST', '/auth/register')).toHaveLength(0);
  });
});

describe('session', () => {
  it('is restored with one exchange of the cookie', async () => {
    renderApp(api, '/', ada);
    expect(await screen.findByRole('heading', { name: `Hello, ${ada.name}` })).toBeVisible();
    expect(api.callsOf('POST', '/auth/refresh')).toHaveLength(1);
  });

  it('is not asked for on behalf of visitors', async () => {
    renderApp(api, '/');
    expect(await screen.findByRole('link', { name: 'Create account' })).toBeVisible();
    expect(api.callsOf('POST', '/auth/refresh')).toHaveLength(0);
  });

  it('ends with Sign out', async () => {
    api.on('POST /auth/logout', () => ({ status: 204 }));
    const router = renderApp(api, '/account', ada);
    await userEvent.click(await screen.findByRole('button', { name: 'Sign out' }));
    expect(await screen.findByRole('link', { name: 'Sign in' })).toBeVisible();
    expect(router.state.location.pathname).toBe('/');
    expect(localStorage.getItem('signed-in')).toBeNull();
  });

  it('sends people to sign in again when the server has forgotten them', async () => {
    const router = renderApp(api, '/account', ada);
    const name = await screen.findByLabelText('Name');
    api
      .on('PATCH /auth/me', () => problem(401, 'Expired'))
      .on('POST /auth/refresh', () => problem(401, 'Expired'));
    await userEvent.type(name, '!');
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => {
      expect(router.state.location.pathname).toBe('/login');
    });
    expect(screen.getByText('Your session has ended. Sign in again.')).toBeVisible();
  });
});

describe('account', () => {
  it('saves the profile', async () => {
    api.on('PATCH /auth/me', ({ body }) => ({
      status: 200,
      body: { ...ada, ...(body as object) },
    }));
    renderApp(api, '/account', ada);
    const name = await screen.findByLabelText('Name');
    await userEvent.clear(name);
    await userEvent.type(name, 'Augusta');
    await userEvent.click(screen.getByRole('button', { name: 'Save' }));
    expect(await screen.findByText('Profile saved')).toBeVisible();
    expect(api.callsOf('PATCH', '/auth/me')[0]?.body).toMatchObject({ name: 'Augusta' });
  });

  it('changes the password', async () => {
    api.on('POST /auth/password', () => ({ status: 204 }));
    renderApp(api, '/account', ada);
    await userEvent.type(await screen.findByLabelText('Current password'), 'analytical engine');
    await userEvent.type(screen.getByLabelText('New password'), 'difference engine');
    await userEvent.click(screen.getByRole('button', { name: 'Change password' }));
    expect(await screen.findByText('Password changed')).toBeVisible();
    expect(api.callsOf('POST', '/auth/password')[0]?.body).toEqual({
      currentPassword: 'analytical engine',
      newPassword: 'difference engine',
    });
  });
});

describe('layout', () => {
  it('says when there is no such page', async () => {
    renderApp(api, '/nowhere/at/all');
    expect(await screen.findByRole('heading', { name: 'Page not found' })).toBeVisible();
    expect(document.title).toContain('Page not found');
  });

  it('remembers the chosen colours', async () => {
    renderApp(api, '/');
    await userEvent.click(await screen.findByRole('button', { name: 'Use dark colours' }));
    expect(document.documentElement).toHaveClass('dark');
    expect(localStorage.getItem('theme')).toBe('dark');
    await userEvent.click(screen.getByRole('button', { name: 'Use light colours' }));
    expect(document.documentElement).not.toHaveClass('dark');
  });
});
