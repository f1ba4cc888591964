import { forbidden, unauthorized } from '../http/problem.js';
import { isAdmin, type Actor, type Viewer } from './actor.js';

export type Audience = 'anyone' | 'users' | 'admins';

interface AccessRule {
  read: Audience;
  write: Audience;
}

/** Who may use the routes of an entity. Which records they reach is decided by the functions below. */
export const accessRules = {
  public: { read: 'anyone', write: 'users' },
  shared: { read: 'users', write: 'users' },
  owned: { read: 'users', write: 'users' },
  admin: { read: 'users', write: 'admins' },
} as const satisfies Record<string, AccessRule>;

/** Refuses a viewer who does not belong to the audience of a route. */
export function requireAudience(audience: Audience, viewer: Viewer): void {
  if (audience === 'anyone') return;
  if (viewer === null) throw unauthorized();
  if (audience === 'admins' && !isAdmin(viewer))
    throw forbidden('Only administrators may do this.');
}

/** Records of the `owned` kind are seen by their owner and by administrators alone. */
export function seesRecordsOf(ownerId: string, viewer: Viewer): boolean {
  return isAdmin(viewer) || viewer?.id === ownerId;
}

/** Whatever the kind: a record is changed and deleted by its owner and by administrators alone. */
export function requireChangeable(ownerId: string, actor: Actor): void {
  if (!isAdmin(actor) && actor.id !== ownerId) {
    throw forbidden('Only the owner may change this record.');
  }
}
