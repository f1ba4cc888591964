import type { Express } from 'express';
import request from 'supertest';

export type Json = Record<string, unknown>;

export interface Reply {
  status: number;
  headers: Record<string, string | undefined>;
  cookies: string[];
  body: Json;
}

type Method = 'get' | 'post' | 'patch' | 'delete' | 'put' | 'options';

interface Payload {
  body?: unknown;
  headers?: Record<string, string>;
}

/** Sends requests, as a visitor or with somebody's access token. */
export class Client {
  readonly #app: Express;
  readonly #token: string | undefined;

  constructor(app: Express, token?: string) {
    this.#app = app;
    this.#token = token;
  }

  as(token: string): Client {
    return new Client(this.#app, token);
  }

  get(path: string): Promise<Reply> {
    return this.send('get', path);
  }

  post(path: string, body: unknown): Promise<Reply> {
    return this.send('post', path, { body });
  }

  patch(path: string, body: unknown): Promise<Reply> {
    return this.send('patch', path, { body });
  }

  delete(path: string): Promise<Reply> {
    return this.send('delete', path);
  }

  async send(method: Method, path: string, { body, headers = {} }: Payload = {}): Promise<Reply> {
    const call = request(this.#app)[method](path).set(headers);
    if (this.#token !== undefined) call.set('Authorization', `Bearer ${this.#token}`);
    if (body !== undefined) call.send(body as string | object);
    const response = await call;
    const replyHeaders = response.headers as Record<string, string | undefined>;
    const cookies: unknown = response.headers['set-cookie'];
    return {
      status: response.status,
      headers: replyHeaders,
      cookies: Array.isArray(cookies) ? cookies.map(String) : [],
      body: response.body as Json,
    };
  }
}
