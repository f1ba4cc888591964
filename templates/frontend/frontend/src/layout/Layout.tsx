import { useEffect, useRef, useState } from 'react';
import { Outlet, ScrollRestoration, useLocation } from 'react-router';
import { useSession } from '../auth/session.ts';
import { entities } from '../entities/index.ts';
import { extensions } from '../extensions/index.ts';
import { canRead } from '../resources/permissions.ts';
import { Header } from './Header.tsx';
import { Navigation } from './Navigation.tsx';
import { NavigationDrawer } from './NavigationDrawer.tsx';

/** After a change of page, keyboard and screen reader users go on at its content. */
function useFocusOnNavigation() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}

export function Layout() {
  const main = useFocusOnNavigation();
  const { user } = useSession();
  const [drawerOpen, setDrawerOpen] = useState(false);
  const hasNavigation =
    entities.some((entity) => canRead(entity, user)) ||
    extensions.some((extension) => extension.pages !== undefined);

  return (
    <>
      <a
        href="#main"
        className="button button-primary fixed top-3 left-3 z-50 -translate-y-20 focus:translate-y-0"
      >
        Skip to content
      </a>
      {hasNavigation ? (
        <Header
          onOpenNavigation={() => {
            setDrawerOpen(true);
          }}
        />
      ) : (
        <Header />
      )}
      <div className="flex">
        {hasNavigation && (
          <>
            <div className="sticky top-16 hidden h-[calc(100dvh-4rem)] w-60 shrink-0 overflow-y-auto border-r border-line bg-sunken px-3 py-5 lg:block">
              <Navigation />
            </div>
            <NavigationDrawer
              open={drawerOpen}
              onClose={() => {
                setDrawerOpen(false);
              }}
            />
          </>
        )}
        <main
          ref={main}
          id="main"
          tabIndex={-1}
          className="mx-auto w-full max-w-6xl min-w-0 px-4 py-8 sm:px-8 lg:py-10"
        >
          <Outlet />
        </main>
      </div>
      <ScrollRestoration />
    </>
  );
}
