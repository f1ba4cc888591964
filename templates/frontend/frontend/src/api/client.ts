import { ApiError, toApiError } from './problem.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface RequestOptions {
  body?: unknown;
  signal?: AbortSignal;
}

/** The access token lives in memory only: a script injected later finds nothing in storage. */
let accessToken: string | null = null;
let refreshing: Promise<boolean> | null = null;
let onSessionLost: () => void = () => undefined;

export function setAccessToken(token: string | null): void {
  accessToken = token;
}

/** Registers what happens when the server no longer accepts the refresh cookie. */
export function whenSessionIsLost(listener: () => void): void {
  onSessionLost = listener;
}

async function send(method: Method, path: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (accessToken !== null) headers['Authorization'] = `Bearer ${accessToken}`;
  const init: RequestInit = { method, headers, credentials: 'same-origin' };
  if (options.body !== undefined) init.body = JSON.stringify(options.body);
  if (options.signal) init.signal = options.signal;
  try {
    return await fetch(`/api${path}`, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'The server cannot be reached. Check your connection and try again.');
  }
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function renew(): Promise<boolean> {
  const response = await send('POST', '/auth/refresh', {});
  if (response.status === 401) return false;
  const body = await readJson(response);
  if (!response.ok) throw toApiError(response.status, body);
  accessToken = (body as { accessToken: string }).accessToken;
  return true;
}

/** Waits for its turn among all tabs. Browsers without HTTPS have no locks: each tab is alone. */
function inTurn<T>(action: () => Promise<T>): Promise<T> {
  return 'locks' in navigator ? navigator.locks.request('session', action) : action();
}

/**
 * Exchanges the refresh cookie for a new access token. Calls share one exchange, and tabs take
 * turns: the server rotates the cookie at each use and would take a second one in parallel for theft.
 */
export function refreshSession(): Promise<boolean> {
  refreshing ??= inTurn(renew).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

/** Sends one request, renewing an expired access token once. Throws `ApiError`. */
export async function request(
  method: Method,
  path: string,
  options: RequestOptions = {},
): Promise<unknown> {
  const hadToken = accessToken !== null;
  let response = await send(method, path, options);
  if (response.status === 401 && hadToken) {
    if (await refreshSession()) {
      response = await send(method, path, options);
    } else {
      accessToken = null;
      onSessionLost();
    }
  }
  const body = await readJson(response);
  if (!response.ok) throw toApiError(response.status, body);
  return body;
}
