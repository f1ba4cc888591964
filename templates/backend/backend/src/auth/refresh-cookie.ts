import type { CookieOptions, Request, Response } from 'express';
import type { Config } from '../config/config.js';

const name = 'refresh_token';

export function readRefreshCookie(request: Request): string | undefined {
  const cookies = request.cookies as Record<string, unknown>;
  const value = cookies[name];
  return typeof value === 'string' ? value : undefined;
}

export function setRefreshCookie(config: Config, response: Response, token: string): void {
  const maxAge = config.refreshTokenSeconds * 1000;
  response.cookie(name, token, { ...options(config, response.req), maxAge });
}

export function clearRefreshCookie(config: Config, response: Response): void {
  response.clearCookie(name, options(config, response.req));
}

function options(config: Config, request: Request): CookieOptions {
  return {
    httpOnly: true,
    sameSite: 'strict',
    path: '/api/auth',
    secure: isSecure(config, request),
  };
}

/** A forged X-Forwarded-Proto does no harm here: it can only make the sender's own cookie stricter. */
function isSecure(config: Config, request: Request): boolean {
  if (config.cookieSecure !== 'auto') return config.cookieSecure;
  return request.secure || request.get('x-forwarded-proto') === 'https';
}
