import { z } from 'zod';
import type { FieldError } from './problem.js';

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/** Words for the commonest faults; everything else keeps zod's own. */
function messageOf(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'Required' : undefined;
    case 'invalid_value':
      return issue.input === undefined ? 'Required' : undefined;
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1 ? 'Must not be empty' : undefined;
    default:
      return undefined;
  }
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
  return { errors: result.error.issues.flatMap(fieldErrors) };
}
