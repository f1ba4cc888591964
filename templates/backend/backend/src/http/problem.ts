import { STATUS_CODES } from 'node:http';

export interface FieldError {
  /** Where in the input, such as `title`; empty for the input as a whole. */
  path: string;
  message: string;
}

/** An answer of RFC 9457; throw it anywhere below a route. */
export class Problem extends Error {
  override name = 'Problem';
  readonly status: number;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    detail: string,
    errors: readonly FieldError[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }

  toJSON() {
    return {
      type: 'about:blank',
      title: STATUS_CODES[this.status] ?? 'Error',
      status: this.status,
      detail: this.message,
      ...(this.errors.length > 0 && { errors: this.errors }),
    };
  }
}

export const badRequest = (detail: string) => new Problem(400, detail);

export const unauthorized = (detail = 'Sign in first.') =>
  new Problem(401, detail, [], { 'WWW-Authenticate': 'Bearer' });

export const forbidden = (detail = 'You may not do this.', errors?: readonly FieldError[]) =>
  new Problem(403, detail, errors);

export const notFound = (detail = 'There is no such record.') => new Problem(404, detail);

export const conflict = (detail: string, errors?: readonly FieldError[]) =>
  new Problem(409, detail, errors);

export const invalid = (errors: readonly FieldError[]) =>
  new Problem(422, 'The input is invalid.', errors);
