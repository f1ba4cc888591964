import { z } from 'zod';
import type { DecimalFieldDefinition, FieldDefinition } from '../resources/definition.ts';
import { fromLocalInput, type FormValue, type FormValues } from './values.ts';

// The same limits as the server's schemas, so that most mistakes show before anything is sent.

const URL_PATTERN =
  /^https?:\/\/[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:\d{1,5})?([/?#]\S*)?$/;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

function isDate(value: string): boolean {
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

function bounded(min: number | undefined, max: number | undefined): z.ZodType<number, number> {
  let schema = z.number();
  if (min !== undefined) schema = schema.min(min, `Must be ${String(min)} or more`);
  if (max !== undefined) schema = schema.max(max, `Must be ${String(max)} or less`);
  return schema;
}

function decimal(field: DecimalFieldDefinition, text: z.ZodString): z.ZodType<string, string> {
  const whole = `(0|[1-9]\\d{0,${String(Math.max(field.digits - field.scale, 1) - 1)}})`;
  const fraction = field.scale === 0 ? '' : `(\\.\\d{1,${String(field.scale)}})?`;
  const pattern = new RegExp(`^-?${whole}${fraction}$`);
  return text
    .regex(pattern, `Enter a number with at most ${String(field.scale)} digits after the point`)
    .superRefine((value, context) => {
      const checked = bounded(field.min, field.max).safeParse(Number(value));
      if (checked.success) return;
      const message = checked.error.issues[0]?.message ?? 'Out of range';
      context.addIssue({ code: 'custom', message });
    });
}

/** The check of one field's text once it is known not to be empty. */
function textSchema(field: FieldDefinition): z.ZodType<unknown, string> {
  const text = z.string({ error: `${field.label} is required` });
  switch (field.type) {
    case 'string':
    case 'text':
    case 'email':
    case 'url': {
      const min = field.min ?? 0;
      const limited = text
        .min(min, `Use at least ${String(min)} characters`)
        .max(field.max, `Use at most ${String(field.max)} characters`);
      if (field.type === 'email')
        return limited.regex(EMAIL, 'Enter an e-mail address like name@example.com');
      if (field.type === 'url')
        return limited.regex(URL_PATTERN, 'Enter a web address like https://example.com');
      return limited;
    }
    case 'integer':
      return text
        .regex(/^-?\d{1,15}$/, 'Enter a whole number')
        .transform(Number)
        .pipe(bounded(field.min, field.max));
    case 'decimal':
      return decimal(field, text);
    case 'date':
      return text.refine(isDate, 'Enter a date');
    case 'datetime':
      return text
        .transform(fromLocalInput)
        .pipe(z.iso.datetime({ error: 'Enter a date and time' }));
    case 'enum': {
      const values = field.options.map((option) => option.value);
      return text.refine((value) => values.includes(value), 'Choose one of the options');
    }
    default:
      return text;
  }
}

function fieldSchema(field: FieldDefinition): z.ZodType<unknown, FormValue> {
  if (field.type === 'boolean') return z.boolean();
  if (field.type === 'relations') return z.array(z.string());
  const schema = textSchema(field);
  const blankToNull = z.string().transform((value) => (value.trim() === '' ? null : value));
  return blankToNull.pipe(
    (field.required ? schema : schema.nullable()) as z.ZodType<unknown, string | null>,
  );
}

/** Turns what a form holds into the body of a request. */
export function formSchema(
  fields: readonly FieldDefinition[],
): z.ZodType<Record<string, unknown>, FormValues> {
  return z.object(Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)])));
}
