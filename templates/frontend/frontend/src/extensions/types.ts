import type { ComponentType } from 'react';
import type { EntityRow } from '../api/types.ts';

/** A page of its own: reachable under `path` and listed in the navigation. */
export interface ExtensionPage {
  /** Below the app's root, without a leading slash: `wheel`. */
  path: string;
  title: string;
  navLabel: string;
  component: ComponentType;
}

/** A panel on the home page of signed-in users. */
export interface HomePanel {
  title: string;
  component: ComponentType;
}

export interface DetailPanelProps {
  record: EntityRow;
}

/** A panel on the detail pages of one entity. */
export interface DetailPanel {
  /** The entity's path: `books`. */
  entity: string;
  title: string;
  component: ComponentType<DetailPanelProps>;
}

/**
 * What a module in this folder may add to the app. It exports one as `extension`; `index.ts` lists
 * the modules. Each part is shown inside an error boundary, so that a fault stays where it is.
 */
export interface Extension {
  pages?: readonly ExtensionPage[];
  homePanels?: readonly HomePanel[];
  detailPanels?: readonly DetailPanel[];
}
