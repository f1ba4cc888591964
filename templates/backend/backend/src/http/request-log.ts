import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';

/** Logs each request when it is over, and names it in a header so that people can quote it. */
export function requestLog(log: Logger): RequestHandler {
  return (request, response, next) => {
    const start = performance.now();
    const id = randomUUID();
    response.set('X-Request-Id', id);
    response.on('close', () => {
      log.info({
        id,
        method: request.method,
        // Without the query, which may hold what people searched for.
        path: request.originalUrl.split('?', 1)[0],
        status: response.statusCode,
        ms: Math.round(performance.now() - start),
        complete: response.writableFinished,
      });
    });
    next();
  };
}
