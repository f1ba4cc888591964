import type { ComponentType } from 'react';
import type { RouteObject } from 'react-router';
import { RequireSession } from '../auth/RequireSession.tsx';
import type { EntityDefinition } from '../resources/definition.ts';

interface EntityPages {
  ListPage: ComponentType;
  NewPage: ComponentType;
  DetailPage: ComponentType;
  EditPage: ComponentType;
}

type LazyPage = () => Promise<{ Component: ComponentType }>;

/** The four pages of an entity, for signed-in people where its access or the page asks for it. */
export function entityRoute(
  entity: EntityDefinition,
  load: () => Promise<EntityPages>,
): RouteObject {
  const open =
    (page: 'ListPage' | 'DetailPage'): LazyPage =>
    async () => {
      const pages = await load();
      return entity.access === 'public'
        ? { Component: pages[page] }
        : { Component: guarded(pages[page]) };
    };
  const closed =
    (page: 'NewPage' | 'EditPage'): LazyPage =>
    async () => ({ Component: guarded((await load())[page]) });

  return {
    path: entity.path,
    children: [
      { index: true, lazy: open('ListPage') },
      { path: 'new', lazy: closed('NewPage') },
      { path: ':id', lazy: open('DetailPage') },
      { path: ':id/edit', lazy: closed('EditPage') },
    ],
  };
}

function guarded(Page: ComponentType): ComponentType {
  return function Guarded() {
    return (
      <RequireSession>
        <Page />
      </RequireSession>
    );
  };
}
