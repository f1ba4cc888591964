import type { FieldDefinition } from './definition.ts';

/** The API sorts by a record's own values, not by those of related ones. */
export function isSortable(field: FieldDefinition): boolean {
  return field.type !== 'relation' && field.type !== 'relations';
}
