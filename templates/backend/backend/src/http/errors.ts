import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { problemOfDatabase } from '../database/errors.js';
import { notFound, Problem } from './problem.js';

export const unknownPath: RequestHandler = () => {
  throw notFound('There is nothing at this address.');
};

/** Turns whatever was thrown into a problem document; what nobody foresaw is logged and stays vague. */
export function errorHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const problem = toProblem(error);
    if (problem.status >= 500) log.error({ err: error, path: request.path }, 'request failed');
    sendProblem(response, problem);
  };
}

export function sendProblem(response: Response, problem: Problem): void {
  response
    .status(problem.status)
    .set({ ...problem.headers, 'Cache-Control': 'no-store' })
    .type('application/problem+json')
    .send(JSON.stringify(problem));
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return (
    problemOfDatabase(error) ?? problemOfRequest(error) ?? new Problem(500, 'Something went wrong.')
  );
}

/** Errors of Express and its body parser. Their messages can hold file paths, so none is passed on. */
function problemOfRequest(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const { status } = error;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  const parseFailed = 'type' in error && error.type === 'entity.parse.failed';
  const detail = parseFailed
    ? 'The body is not valid JSON.'
    : `${STATUS_CODES[status] ?? 'Error'}.`;
  return new Problem(status, detail);
}
