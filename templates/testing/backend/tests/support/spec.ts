import type { EntityName } from '../../src/extensions/types.js';
import type { Json } from './client.js';

export interface RelationSpec {
  key: string;
  name: string;
  target: EntityName | 'User';
}

/** What the tests of an entity have to know about it. */
export interface EntitySpec {
  path: string;
  access: 'public' | 'shared' | 'owned' | 'admin';
  ownerKey: string;
  /** Valid inputs without relations; unique values are distinct, so there may be few of them. */
  samples: readonly Json[];
  /** Another valid value for every field. */
  changes: Json;
  /** Fields that a creation must name. */
  required: readonly string[];
  unique: readonly string[];
  invalid: readonly InvalidValue[];
  /** A text field that is searched. */
  searched: string | null;
  /** Enum and boolean fields. */
  filters: readonly string[];
  requiredRelations: readonly RelationSpec[];
  optionalRelations: readonly RelationSpec[];
  manyRelations: readonly RelationSpec[];
}

interface InvalidValue {
  field: string;
  value: unknown;
  why: string;
}
