import type { EntityRow } from '../api/types.ts';
import type { SessionUser } from '../auth/session.ts';
import type { EntityDefinition } from './definition.ts';

// The server decides. These rules only keep the pages from offering what it would refuse.

export function canRead(entity: EntityDefinition, user: SessionUser | null): boolean {
  return entity.access === 'public' || user !== null;
}

export function canCreate(entity: EntityDefinition, user: SessionUser | null): boolean {
  if (user === null) return false;
  return entity.access !== 'admin' || user.role === 'admin';
}

export function canChange(
  entity: EntityDefinition,
  row: EntityRow,
  user: SessionUser | null,
): boolean {
  if (user === null) return false;
  if (user.role === 'admin') return true;
  return entity.access !== 'admin' && row[entity.ownerKey] === user.id;
}
