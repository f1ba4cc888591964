import type { SessionUser } from '../auth/session.ts';
import { entities } from '../entities/index.ts';
import type { EntityDefinition, FieldDefinition } from '../resources/definition.ts';
import { canRead } from '../resources/permissions.ts';

/** The server searches a list's texts: without any there is nothing to search. */
export function isSearchable(entity: EntityDefinition): boolean {
  return entity.fields.some((field) => ['string', 'text', 'email', 'url'].includes(field.type));
}

/** Lists narrow down by options, flags and relations whose records the person may see. */
export function filterFields(
  entity: EntityDefinition,
  user: SessionUser | null,
): readonly FieldDefinition[] {
  return entity.fields.filter((field) => {
    if (field.type === 'enum' || field.type === 'boolean') return true;
    if (field.type !== 'relation' && field.type !== 'relations') return false;
    const target = entities.find((candidate) => candidate.path === field.target);
    return target === undefined ? user !== null : canRead(target, user);
  });
}
