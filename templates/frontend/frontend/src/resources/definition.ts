import type { EntityBase } from '../api/types.ts';

/** Who may do what: see `permissions.ts` for the rules behind each word. */
export type Access = 'public' | 'shared' | 'owned' | 'admin';

interface FieldBase<Key extends string> {
  /** The key under which the API carries the value. */
  name: Key;
  label: string;
  required: boolean;
}

export interface TextFieldDefinition<Key extends string = string> extends FieldBase<Key> {
  type: 'string' | 'text' | 'email' | 'url';
  min?: number;
  max: number;
  initial?: string;
}

export interface NumberFieldDefinition<Key extends string = string> extends FieldBase<Key> {
  type: 'integer';
  min?: number;
  max?: number;
  initial?: string;
}

export interface DecimalFieldDefinition<Key extends string = string> extends FieldBase<Key> {
  type: 'decimal';
  min?: number;
  max?: number;
  /** All digits, and how many of them stand behind the point. */
  digits: number;
  scale: number;
  initial?: string;
}

export interface DateFieldDefinition<Key extends string = string> extends FieldBase<Key> {
  type: 'date' | 'datetime';
  initial?: string;
}

export interface BooleanFieldDefinition<Key extends string = string> extends FieldBase<Key> {
  type: 'boolean';
  initial?: boolean;
}

export interface EnumFieldDefinition<Key extends string = string> extends FieldBase<Key> {
  type: 'enum';
  options: readonly EnumOption[];
  initial?: string;
}

export interface EnumOption {
  value: string;
  label: string;
}

/** A belongs-to relation: `name` is the key of its id, `embedded` that of `{ id, label }`. */
export interface RelationFieldDefinition<Key extends string = string> extends FieldBase<Key> {
  type: 'relation';
  embedded: Key;
  /** The related entity's path below `/api`. */
  target: string;
  targetLabelField: string;
}

/** A many-to-many relation: `name` is the key of its ids, `embedded` that of the references. */
export interface RelationsFieldDefinition<Key extends string = string> extends FieldBase<Key> {
  type: 'relations';
  embedded: Key;
  target: string;
  targetLabelField: string;
}

/** Everything the pages need to know about one value of a record. */
export type FieldDefinition<Key extends string = string> =
  | TextFieldDefinition<Key>
  | NumberFieldDefinition<Key>
  | DecimalFieldDefinition<Key>
  | DateFieldDefinition<Key>
  | BooleanFieldDefinition<Key>
  | EnumFieldDefinition<Key>
  | RelationFieldDefinition<Key>
  | RelationsFieldDefinition<Key>;

/** Records of another entity that point to this one. */
export interface RelatedList {
  /** The other entity's path below `/api`. */
  path: string;
  /** The other entity's relation key: the filter of its list and the preset of its form. */
  key: string;
  /** The relation's name there, for telling two lists of one entity apart. */
  relation: string;
}

export interface EntityDefinition<Key extends string = string> {
  /** The path below `/api`, and in the browser. */
  path: string;
  label: string;
  labelPlural: string;
  title: string;
  titlePlural: string;
  description: string;
  access: Access;
  /** The field that names a record; where it is empty the id stands in. */
  labelField: Key;
  /** The key of the owner's id, and that of the owner's reference. */
  ownerKey: string;
  ownerEmbedded: string;
  fields: readonly FieldDefinition<Key>[];
  related: readonly RelatedList[];
}

/** Checks a definition against the type of its records: a misspelt field does not compile. */
export function defineEntity<Row extends EntityBase>(
  definition: EntityDefinition<Extract<keyof Row, string>>,
): EntityDefinition<Extract<keyof Row, string>> {
  return definition;
}
