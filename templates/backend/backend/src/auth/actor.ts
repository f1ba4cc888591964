export type Role = 'user' | 'admin';

/** The signed-in person on whose behalf something happens. */
export interface Actor {
  id: string;
  role: Role;
}

/** Whoever reads: null is a visitor who has not signed in. */
export type Viewer = Actor | null;

export function isAdmin(viewer: Viewer): boolean {
  return viewer?.role === 'admin';
}
