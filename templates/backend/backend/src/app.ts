import cookieParser from 'cookie-parser';
import express, { type Express } from 'express';
import { z } from 'zod';
import { routesOfAuth } from './auth/auth.routes.js';
import type { AppContext } from './context.js';
import { routesOfEntities } from './entities/index.js';
import { routesOfStats } from './entities/stats.routes.js';
import { errorHandler, unknownPath } from './http/errors.js';
import { limitApi, limitAuth, limitLogin } from './http/rate-limit.js';
import { requestLog } from './http/request-log.js';
import { defineRoute, type Route } from './http/route.js';
import { createRouter } from './http/router.js';
import { securityHeaders } from './http/security-headers.js';
import { frontend } from './http/static.js';
import { documentation } from './openapi/openapi.routes.js';
import { routesOfUsers } from './users/users.routes.js';

export function createApp(context: AppContext): Express {
  const { config, log } = context;
  const routes = allRoutes(context);
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.set('trust proxy', config.trustedProxies);

  app.use(requestLog(log));
  app.use(securityHeaders(config));
  app.use('/api', limitApi(config.rateLimits), cookieParser());
  app.post(['/api/auth/register', '/api/auth/password'], limitAuth(config.rateLimits));
  app.post('/api/auth/login', limitAuth(config.rateLimits), ...limitLogin(config.rateLimits));
  app.use('/api', documentation(routes), createRouter(context, routes), unknownPath);
  app.use(frontend(), unknownPath);
  app.use(errorHandler(log));
  return app;
}

function allRoutes(context: AppContext): Route[] {
  return [
    health,
    ...routesOfAuth(context),
    ...routesOfUsers(context),
    ...routesOfStats(context),
    ...routesOfEntities(context),
    ...context.extensions.flatMap((extension) => extension.routes?.(context) ?? []),
  ];
}

const health = defineRoute({
  method: 'get',
  path: '/health',
  operation: 'checkHealth',
  summary: 'Tell whether the server is up',
  tag: 'Overview',
  audience: 'anyone',
  status: 200,
  reply: z.object({ status: z.literal('ok') }).meta({ id: 'Health' }),
  handle: () => Promise.resolve({ status: 'ok' as const }),
});
