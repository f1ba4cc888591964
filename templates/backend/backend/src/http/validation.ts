import { z } from 'zod';
import type { FieldError } from './problem.js';

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

const typeNames: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  string: 'a text',
};

/** Words for people, where zod would speak to programmers; its own stay for the rest. */
function messageOf(issue: RawIssue): string | undefined {
  if (issue.input === undefined || issue.input === null) return 'Required';
  switch (issue.code) {
    case 'invalid_type':
      return `Must be ${typeNames[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `Must be one of: ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `Must ${verbs[issue.origin] ?? 'be'} at least ${amount(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `Must ${verbs[issue.origin] ?? 'be'} at most ${amount(issue.maximum, issue.origin)}`;
    case 'invalid_format':
      return formats[issue.format];
    default:
      return undefined;
  }
}

const formats: Record<string, string> = {
  date: 'Must be a date such as 2030-01-31',
  datetime: 'Must be a date and time such as 2030-01-31T12:00:00Z',
};

const verbs: Record<string, string> = { array: 'have', string: 'have' };
const units: Record<string, string> = { array: 'entry', string: 'character' };
const manyUnits: Record<string, string> = { array: 'entries', string: 'characters' };

function amount(limit: number | bigint, origin: string): string {
  const unit = (limit === 1 ? units : manyUnits)[origin];
  return unit === undefined ? String(limit) : `${String(limit)} ${unit}`;
}

function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({
    path: path === '' ? key : `${path}.${key}`,
    message: 'Not a known field',
  }));
}

export type Validated<T> = { data: T; errors?: never } | { data?: never; errors: FieldError[] };

export function validate<S extends z.ZodType>(schema: S, value: unknown): Validated<z.output<S>> {
  const result = schema.safeParse(value, { error: messageOf });
  if (result.success) return { data: result.data };
  return { errors: firstOfEach(result.error.issues.flatMap(fieldErrors)) };
}

/** One message a field: whoever mends the first fault often mends the others. */
function firstOfEach(errors: readonly FieldError[]): FieldError[] {
  return errors.filter(({ path }, n) => errors.findIndex((other) => other.path === path) === n);
}
