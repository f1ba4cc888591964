import { Router, type Request, type Response } from 'express';
import { readViewer } from '../auth/authenticate.js';
import type { AppContext } from '../context.js';
import { parseJson, requireJson } from './body.js';
import { Problem } from './problem.js';
import type { Route } from './route.js';

/** Mounts the routes; a known path answers 405 to every method that it does not have. */
export function createRouter(context: AppContext, routes: readonly Route[]): Router {
  const router = Router();
  for (const [path, group] of groupByPath(routes)) {
    const address = path.replaceAll(/\{(\w+)\}/g, ':$1');
    for (const route of group) {
      const run = async (request: Request, response: Response) => {
        await route.run(request, response, await readViewer(context, request));
      };
      if (route.body) router[route.method](address, requireJson, parseJson, run);
      else router[route.method](address, run);
    }
    router.all(address, refuseMethod(allowedMethods(group)));
  }
  return router;
}

function groupByPath(routes: readonly Route[]): Map<string, Route[]> {
  const groups = new Map<string, Route[]>();
  for (const route of routes) {
    groups.set(route.path, [...(groups.get(route.path) ?? []), route]);
  }
  return groups;
}

function allowedMethods(routes: readonly Route[]): string {
  const methods = routes.map((route) => route.method.toUpperCase());
  if (methods.includes('GET')) methods.push('HEAD');
  return [...methods, 'OPTIONS'].join(', ');
}

/** Tells which methods an address has, or refuses those that it has not. */
export function refuseMethod(allow: string) {
  return (request: Request, response: Response): void => {
    if (request.method === 'OPTIONS') {
      response.set('Allow', allow).status(204).end();
      return;
    }
    throw new Problem(405, `${request.method} is not available here.`, [], { Allow: allow });
  };
}
