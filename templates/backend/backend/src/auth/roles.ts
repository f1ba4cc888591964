import type { UserRole } from '../generated/sqlite/client.js';
import type { Role } from './actor.js';

const roles = { USER: 'user', ADMIN: 'admin' } as const satisfies Record<UserRole, Role>;

/** The role as the API writes it. */
export function roleOf(stored: UserRole): Role {
  return roles[stored];
}
