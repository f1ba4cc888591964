import type { Request, Response } from 'express';
import { z } from 'zod';
import { requireAudience, type Audience } from '../auth/access.js';
import type { Actor, Viewer } from '../auth/actor.js';
import { invalid, notFound } from './problem.js';
import { validate } from './validation.js';

export type Method = 'get' | 'post' | 'patch' | 'delete';

const nothing = z.object({});
type Nothing = typeof nothing;

export interface RouteInput<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, A> {
  params: z.output<P>;
  query: z.output<Q>;
  body: z.output<B>;
  /** The signed-in person; may be null only where the audience is `anyone`. */
  actor: A extends 'anyone' ? Viewer : Actor;
  request: Request;
  response: Response;
}

interface RouteTexts {
  method: Method;
  /** As in OpenAPI: `/books/{id}`. */
  path: string;
  /** The operation's id in the OpenAPI document. */
  operation: string;
  summary: string;
  tag: string;
  /** Statuses besides 401, 403, 413, 415, 422 and 429, which follow from the definition. */
  problems?: readonly (400 | 401 | 403 | 404 | 409)[];
}

export interface RouteDefinition<
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  R extends z.ZodType,
  A extends Audience,
> extends RouteTexts {
  audience: A;
  params?: P;
  query?: Q;
  body?: B;
  status: 200 | 201 | 204;
  /** What is answered; left out for 204. */
  reply?: R;
  /** The address of what was created, for the Location header. */
  location?: (reply: z.output<R>) => string;
  handle: (input: RouteInput<P, Q, B, A>) => Promise<z.input<R>>;
}

/** A route with its types forgotten: what the router and the OpenAPI document need. */
export interface Route extends RouteTexts {
  audience: Audience;
  params: z.ZodType | undefined;
  query: z.ZodType | undefined;
  body: z.ZodType | undefined;
  status: number;
  reply: z.ZodType | undefined;
  hasLocation: boolean;
  run: (request: Request, response: Response, viewer: Viewer) => Promise<void>;
}

/** Defines a route once, for validation and for documentation. */
export function defineRoute<
  A extends Audience,
  P extends z.ZodType = Nothing,
  Q extends z.ZodType = Nothing,
  B extends z.ZodType = Nothing,
  R extends z.ZodType = z.ZodVoid,
>(definition: RouteDefinition<P, Q, B, R, A>): Route {
  const { audience, params, query, body, status, reply, location, handle, ...texts } = definition;

  async function run(request: Request, response: Response, viewer: Viewer): Promise<void> {
    requireAudience(audience, viewer);
    const input = {
      ...readInput({ params, query, body }, request),
      actor: viewer,
      request,
      response,
    } as RouteInput<P, Q, B, A>;
    const result = await handle(input);
    response.status(status);
    if (!reply) {
      response.end();
      return;
    }
    // Parsing drops whatever the document does not promise, before it can leave the server.
    const answer = await reply.parseAsync(result);
    if (location) response.location(location(answer));
    response.json(answer);
  }

  return {
    ...texts,
    audience,
    params,
    query,
    body,
    status,
    reply,
    hasLocation: location !== undefined,
    run,
  };
}

interface InputSchemas {
  params: z.ZodType | undefined;
  query: z.ZodType | undefined;
  body: z.ZodType | undefined;
}

function readInput(schemas: InputSchemas, request: Request) {
  const params = validate(schemas.params ?? nothing, request.params);
  // A path that cannot be right names nothing that exists.
  if (params.errors) throw notFound();
  const query = validate(schemas.query ?? nothing, request.query);
  const body = validate(schemas.body ?? nothing, schemas.body ? request.body : {});
  const errors = [...(query.errors ?? []), ...(body.errors ?? [])];
  if (errors.length > 0) throw invalid(errors);
  return { params: params.data, query: query.data, body: body.data };
}
