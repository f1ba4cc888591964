import type { FieldPath, FieldValues, UseFormSetError } from 'react-hook-form';
import { ApiError, messageOf } from '../api/problem.ts';

/** `title`, `/title` and `categoryIds.0` all belong to the input of their first part. */
function inputName(path: string): string {
  return path.split(/[./[]/).find((part) => part !== '') ?? '';
}

/**
 * Puts each of the server's errors at its input and returns what has none, for the form's alert.
 * Returns null where every error found its place.
 */
export function placeServerErrors<Values extends FieldValues>(
  error: unknown,
  names: readonly FieldPath<Values>[],
  setError: UseFormSetError<Values>,
): string | null {
  const problems = error instanceof ApiError ? error.errors : [];
  if (problems.length === 0) return messageOf(error);
  const rest: string[] = [];
  let placed = false;
  for (const { path, message } of problems) {
    const name = names.find((candidate) => candidate === inputName(path));
    if (name === undefined) {
      rest.push(message);
    } else {
      setError(name, { type: 'server', message }, { shouldFocus: !placed });
      placed = true;
    }
  }
  return rest.length > 0 ? rest.join(' ') : null;
}
