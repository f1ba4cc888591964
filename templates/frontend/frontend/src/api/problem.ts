export interface FieldProblem {
  path: string;
  message: string;
}

/** An answer that is not a success: a `application/problem+json` document, or no answer at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly errors: readonly FieldProblem[];

  constructor(status: number, message: string, errors: readonly FieldProblem[] = []) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.errors = errors;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function fieldProblems(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    if (!isObject(entry) || typeof entry['message'] !== 'string') return [];
    const path = typeof entry['path'] === 'string' ? entry['path'] : '';
    return [{ path, message: entry['message'] }];
  });
}

/** Reads a problem document; anything else (a proxy's HTML page, say) becomes a general message. */
export function toApiError(status: number, body: unknown): ApiError {
  const problem = isObject(body) ? body : {};
  const text = problem['detail'] ?? problem['title'];
  const message = typeof text === 'string' && text !== '' ? text : 'The server could not answer.';
  return new ApiError(status, message, fieldProblems(problem['errors']));
}

/** The text to show for anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Something went wrong.';
}
