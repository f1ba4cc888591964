import type { FieldDefinition } from '../resources/definition.ts';
import { plainText } from '../resources/format.ts';

/** What an input holds: text for all that is typed or chosen, a flag, or a list of ids. */
export type FormValue = string | boolean | string[];
export type FormValues = Record<string, FormValue>;

/** RFC 3339 → the value of a `datetime-local` input, which knows local time only. */
export function toLocalInput(value: string): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return '';
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString();
  return local.endsWith(':00.000Z') ? local.slice(0, 16) : local.slice(0, 19);
}

/** The value of a `datetime-local` input → RFC 3339 in UTC; unreadable text is left for the check. */
export function fromLocalInput(value: string): string {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? value : date.toISOString();
}

function initialValue(field: FieldDefinition): FormValue {
  switch (field.type) {
    case 'boolean':
      return field.initial ?? false;
    case 'relations':
      return [];
    case 'relation':
      return '';
    case 'datetime':
      return field.initial === undefined ? '' : toLocalInput(field.initial);
    default:
      return field.initial ?? '';
  }
}

function storedValue(field: FieldDefinition, value: unknown): FormValue {
  switch (field.type) {
    case 'boolean':
      return value === true;
    case 'relations':
      return Array.isArray(value) ? (value as string[]) : [];
    case 'datetime':
      return typeof value === 'string' ? toLocalInput(value) : '';
    default:
      return plainText(value);
  }
}

/** What a form starts with: the record's values, or the defaults with `presets` over them. */
export function startValues(
  fields: readonly FieldDefinition[],
  row: Readonly<Record<string, unknown>> | undefined,
  presets?: URLSearchParams,
): FormValues {
  return Object.fromEntries(
    fields.map((field) => {
      if (row !== undefined) return [field.name, storedValue(field, row[field.name])];
      const preset = field.type === 'relation' ? presets?.get(field.name) : null;
      return [field.name, preset ?? initialValue(field)];
    }),
  );
}
