import { json, type NextFunction, type Request, type Response } from 'express';
import { Problem } from './problem.js';

/** `strict` off: a lone number is valid JSON, and validation says what is wrong with it. */
export const parseJson = json({ limit: '1mb', strict: false });

export function requireJson(request: Request, _response: Response, next: NextFunction): void {
  // A missing body is not of the wrong type: validation answers it.
  const isEmpty = request.get('content-length') === '0';
  if (!isEmpty && request.is('json') === false) {
    throw new Problem(415, 'Send the body as application/json.');
  }
  next();
}
