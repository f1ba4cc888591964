import type { EntityRow } from '../../src/api/types.ts';

export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
}

interface Answer {
  status: number;
  body?: unknown;
}

type Handler = (call: Call) => Answer;

/** An API in memory behind `fetch`: lists of records, and handlers for everything else. */
export class FakeApi {
  readonly calls: Call[] = [];
  readonly #handlers = new Map<string, Handler>();
  readonly #lists = new Map<string, EntityRow[]>();

  /** Puts itself in the place of the network. */
  install(): this {
    globalThis.fetch = (input, init) => Promise.resolve(this.#fetch(input, init));
    return this;
  }

  /** Answers `GET /books`, say. A handler goes before the lists. */
  on(route: string, handler: Handler): this {
    this.#handlers.set(route, handler);
    return this;
  }

  /** Takes a handler away again. */
  off(route: string): this {
    this.#handlers.delete(route);
    return this;
  }

  /** Serves `rows` as the records of a path. */
  list(path: string, rows: EntityRow[]): this {
    this.#lists.set(path, rows);
    return this;
  }

  /** The calls of one route, oldest first. */
  callsOf(method: string, path: string): Call[] {
    return this.calls.filter((call) => call.method === method && call.path === path);
  }

  #fetch(input: URL | RequestInfo, init: RequestInit = {}): Response {
    const address = input instanceof Request ? input.url : String(input);
    const url = new URL(address, 'http://localhost');
    const call: Call = {
      method: init.method ?? 'GET',
      path: url.pathname.replace(/^\/api/, ''),
      query: url.searchParams,
      body: typeof init.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined,
    };
    this.calls.push(call);
    const handler = this.#handlers.get(`${call.method} ${call.path}`);
    return respond(handler === undefined ? this.#serve(call) : handler(call));
  }

  #serve({ method, path, query, body }: Call): Answer {
    const [, list = '', id] = path.split('/');
    const rows = this.#lists.get(list);
    if (rows === undefined) return problem(404, 'Not found');
    const row = rows.find((candidate) => candidate.id === id);
    if (id === undefined && method === 'GET') {
      const page = Number(query.get('page') ?? '1');
      const pageSize = Number(query.get('pageSize') ?? '20');
      const items = rows.slice((page - 1) * pageSize, page * pageSize);
      return { status: 200, body: { items, page, pageSize, total: rows.length } };
    }
    if (id === undefined) {
      const created = { ...rowBase('created'), ...(body as object) };
      this.#lists.set(list, [created, ...rows]);
      return { status: 201, body: created };
    }
    if (row === undefined) return problem(404, 'Not found');
    if (method === 'DELETE') {
      this.#lists.set(
        list,
        rows.filter((other) => other !== row),
      );
      return { status: 204 };
    }
    return { status: 200, body: { ...row, ...(body as object | undefined) } };
  }
}

/** A problem document, with errors of fields where given. */
export function problem(status: number, detail: string, errors: object[] = []): Answer {
  return { status, body: { type: 'about:blank', title: detail, status, detail, errors } };
}

/** What every record has. */
export function rowBase(id: string): EntityRow {
  return { id, createdAt: '2030-01-01T12:00:00.000Z', updatedAt: '2030-01-02T12:00:00.000Z' };
}

function respond({ status, body }: Answer): Response {
  return {
    ok: status < 400,
    status,
    text: () => Promise.resolve(body === undefined ? '' : JSON.stringify(body)),
  } as Response;
}
