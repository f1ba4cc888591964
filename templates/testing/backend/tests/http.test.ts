import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client } from './support/client.js';
import { addPerson } from './support/people.js';
import { specs } from './support/specs/index.js';
import { startTestApp, type TestApp } from './support/test-app.js';

const path = '/api/auth/register';

describe('HTTP', () => {
  let app: TestApp;
  let visitor: Client;

  beforeAll(async () => {
    app = await startTestApp();
    ({ visitor } = app);
  });

  afterAll(async () => {
    await app.close();
  });

  const send = (body: string, type = 'application/json') =>
    visitor.send('post', path, { body, headers: { 'Content-Type': type } });

  test('answers health', async () => {
    expect(await visitor.get('/api/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  test('answers errors as problem documents', async () => {
    const reply = await visitor.get('/api/nothing');
    expect(reply.headers['content-type']).toContain('application/problem+json');
    expect(reply.body).toMatchObject({ type: 'about:blank', title: 'Not Found', status: 404 });
  });

  test('tells malformed from invalid', async () => {
    expect((await send('{"email":')).status).toBe(400);
    expect((await send('[]')).status).toBe(422);
    expect((await send('null')).status).toBe(422);
    expect((await send('{}')).status).toBe(422);
  });

  test('takes JSON only, and not too much of it', async () => {
    expect((await send('email=x', 'application/x-www-form-urlencoded')).status).toBe(415);
    expect((await send(JSON.stringify({ name: 'x'.repeat(2_000_000) }))).status).toBe(413);
  });

  test('names the methods of an address', async () => {
    const reply = await visitor.send('put', path, { body: {} });
    expect(reply).toMatchObject({ status: 405, headers: { allow: 'POST, OPTIONS' } });
    expect((await visitor.send('options', path)).status).toBe(204);
    const read = { status: 405, headers: { allow: 'GET, HEAD, OPTIONS' } };
    expect(await visitor.post('/api/openapi.json', {})).toMatchObject(read);
    expect(await visitor.post('/api/docs', {})).toMatchObject(read);
  });

  test('survives what cannot be decoded or stored', async () => {
    const { client } = await addPerson(app, 'Ada');
    expect((await client.get('/api/users/%E0%A4%A')).status).toBe(400);
    expect((await client.get('/api/users/%00')).status).toBe(404);
    expect((await client.get('/api/users?q=%00')).status).toBe(422);
    expect((await client.get(`/api/users/${'x'.repeat(1000)}`)).status).toBe(404);
    expect((await client.patch('/api/auth/me', { name: 'a\u0000b' })).status).toBe(422);
  });

  test('counts the records that a person may see', async () => {
    const { client } = await addPerson(app, 'Grace');
    const resources = Object.values(specs).map((spec) => spec.path.slice('/api/'.length));
    const counts = Object.fromEntries(resources.map((resource) => [resource, 0]));
    expect(await client.get('/api/stats')).toMatchObject({ status: 200, body: counts });
    expect((await visitor.get('/api/stats')).status).toBe(401);
  });

  test('documents every route, and refers to no schema that is missing', async () => {
    const { body } = await visitor.get('/api/openapi.json');
    const text = JSON.stringify(body);
    const { schemas } = body['components'] as { schemas: Record<string, unknown> };
    const names = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
    expect(Object.keys(schemas)).toEqual(expect.arrayContaining(names));
    expect(body).toMatchObject({ openapi: '3.1.0' });
    const resources = Object.values(specs).flatMap((spec) => [spec.path, `${spec.path}/{id}`]);
    const paths = Object.keys(body['paths'] as object);
    expect(paths).toEqual(expect.arrayContaining([path, ...resources]));
  });

  test('serves the reference without anything from elsewhere', async () => {
    const page = await visitor.get('/api/docs');
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    expect((await visitor.get('/api/docs/docs.js')).status).toBe(200);
  });
});
