import type { RouteObject } from 'react-router';
import { RequireSession } from './auth/RequireSession.tsx';
import { entityRoutes } from './entities/routes.tsx';
import { extensions } from './extensions/index.ts';
import { Boundary } from './components/Boundary.tsx';
import { Loading } from './components/Loading.tsx';
import { Layout } from './layout/Layout.tsx';
import { RouteError } from './layout/RouteError.tsx';
import { AccountPage } from './pages/AccountPage.tsx';
import { HomePage } from './pages/HomePage.tsx';
import { LoginPage } from './pages/LoginPage.tsx';
import { NotFoundPage } from './pages/NotFoundPage.tsx';
import { RegisterPage } from './pages/RegisterPage.tsx';

const extensionRoutes = extensions
  .flatMap((extension) => extension.pages ?? [])
  .map<RouteObject>(({ path, title, component: Page }) => ({
    path,
    element: (
      <Boundary name={title}>
        <Page />
      </Boundary>
    ),
  }));

export const routes: RouteObject[] = [
  {
    element: <Layout />,
    hydrateFallbackElement: <Loading />,
    errorElement: <RouteError />,
    children: [
      {
        errorElement: <RouteError />,
        children: [
          { index: true, element: <HomePage /> },
          { path: 'login', element: <LoginPage /> },
          { path: 'register', element: <RegisterPage /> },
          {
            path: 'account',
            element: (
              <RequireSession>
                <AccountPage />
              </RequireSession>
            ),
          },
          ...entityRoutes,
          ...extensionRoutes,
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
];
