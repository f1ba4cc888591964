import { StrictMode } from 'react';
import { render } from '@testing-library/react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import type { SessionUser } from '../../src/auth/session.ts';
import { Providers } from '../../src/Providers.tsx';
import { routes } from '../../src/routes.tsx';
import type { FakeApi } from './fakeApi.ts';

export const ada: SessionUser = {
  id: 'ada',
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  role: 'user',
};

export const admin: SessionUser = {
  id: 'admin',
  email: 'admin@example.com',
  name: 'Grace Hopper',
  role: 'admin',
};

/** Opens a page of the whole app, as a visitor or with a remembered session. */
export function renderApp(api: FakeApi, page: string, user: SessionUser | null = null) {
  if (user !== null) {
    localStorage.setItem('signed-in', 'yes');
    api
      .on('POST /auth/refresh', () => ({ status: 200, body: { user, accessToken: 'token' } }))
      .on('GET /auth/me', () => ({ status: 200, body: user }));
  }
  api.on('GET /stats', () => ({ status: 200, body: {} })).install();
  const router = createMemoryRouter(routes, { initialEntries: [page] });
  render(
    <StrictMode>
      <Providers>
        <RouterProvider router={router} />
      </Providers>
    </StrictMode>,
  );
  return router;
}
