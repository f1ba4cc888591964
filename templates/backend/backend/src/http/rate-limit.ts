import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { RateLimits } from '../config/config.js';
import { parseJson } from './body.js';
import { sendProblem } from './errors.js';
import { Problem } from './problem.js';

const minute = 60_000;

const pass: RequestHandler = (_request, _response, next) => {
  next();
};

function refuse(_request: Request, response: Response): void {
  sendProblem(response, new Problem(429, 'Too many requests; try again later.'));
}

const shared = {
  standardHeaders: 'draft-7',
  legacyHeaders: false,
  handler: refuse,
  // Anybody can send this header; without TRUST_PROXY it is ignored, which is no cause for alarm.
  validate: { xForwardedForHeader: false, forwardedHeader: false },
} as const;

function addressOf(request: Request): string {
  return ipKeyGenerator(request.ip ?? 'unknown');
}

export function limitApi({ api }: RateLimits): RequestHandler {
  return api === 0 ? pass : rateLimit({ ...shared, windowMs: minute, limit: api });
}

/** For what is expensive (passwords are hashed slowly) or could be guessed. */
export function limitAuth({ auth }: RateLimits): RequestHandler {
  return auth === 0 ? pass : rateLimit({ ...shared, windowMs: 15 * minute, limit: auth });
}

/** Counts failed logins to one account, so that a forgotten password locks nobody else out. */
export function limitLogin({ login }: RateLimits): RequestHandler[] {
  if (login === 0) return [];
  const limit = rateLimit({
    ...shared,
    windowMs: 15 * minute,
    limit: login,
    skipSuccessfulRequests: true,
    keyGenerator: (request) => `${addressOf(request)} ${accountOf(request.body)}`,
  });
  // The account stands in the body.
  return [parseJson, limit];
}

function accountOf(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('email' in body)) return '';
  return typeof body.email === 'string' ? body.email.toLowerCase().slice(0, 254) : '';
}
