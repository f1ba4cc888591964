import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Client, Json, Reply } from './support/client.js';
import { addPerson } from './support/people.js';
import { startTestApp, type TestApp } from './support/test-app.js';

const ada = { email: 'ada@example.com', password: 'correct horse', name: 'Ada' };

/** The refresh cookie of a reply, as a request sends it back. */
function cookieOf({ cookies }: Reply): string {
  return cookies[0]?.split(';', 1)[0] ?? '';
}

describe('/api/auth', () => {
  let app: TestApp;
  let visitor: Client;

  const refresh = (cookie: string) =>
    visitor.send('post', '/api/auth/refresh', { headers: { Cookie: cookie } });

  beforeEach(async () => {
    app = await startTestApp();
    ({ visitor } = app);
  });

  afterEach(async () => {
    await app.close();
  });

  test('registers a person, who is no administrator', async () => {
    const reply = await visitor.post('/api/auth/register', ada);
    expect(reply).toMatchObject({
      status: 201,
      body: { user: { email: ada.email, name: ada.name, role: 'user' } },
    });
    expect(JSON.stringify(reply.body)).not.toContain('password');
    const me = await visitor.as(String(reply.body['accessToken'])).get('/api/auth/me');
    expect(me).toMatchObject({ status: 200, body: reply.body['user'] as Json });
  });

  test('has one account for an address, however it is written', async () => {
    await visitor.post('/api/auth/register', ada);
    const again = await visitor.post('/api/auth/register', { ...ada, email: 'ADA@example.com' });
    expect(again).toMatchObject({ status: 409, body: { errors: [{ path: 'email' }] } });
    const login = await visitor.post('/api/auth/login', {
      ...ada,
      name: undefined,
      email: 'Ada@Example.com',
    });
    expect(login.status).toBe(200);
  });

  test.each([
    ['email', 'nobody'],
    ['password', 'short'],
    ['name', '   '],
  ])('refuses a registration with a bad %s', async (field, value) => {
    const reply = await visitor.post('/api/auth/register', { ...ada, [field]: value });
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ path: field }] } });
  });

  test('lets nobody register as an administrator', async () => {
    const reply = await visitor.post('/api/auth/register', { ...ada, role: 'admin' });
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ path: 'role' }] } });
  });

  test('answers a wrong password and an unknown address alike', async () => {
    await visitor.post('/api/auth/register', ada);
    const { email, password } = ada;
    const wrong = await visitor.post('/api/auth/login', { email, password: 'wrong' });
    const unknown = await visitor.post('/api/auth/login', { email: 'bob@example.com', password });
    expect(wrong.status).toBe(401);
    expect(wrong.body).toEqual(unknown.body);
  });

  test('keeps the refresh token from scripts and from other sites', async () => {
    const { cookies } = await visitor.post('/api/auth/register', ada);
    expect(cookies[0]).toMatch(/; Path=\/api\/auth; .*HttpOnly; SameSite=Strict$/);
  });

  test('rotates the refresh token', async () => {
    const first = cookieOf(await visitor.post('/api/auth/register', ada));
    const renewed = await refresh(first);
    expect(renewed).toMatchObject({ status: 200, body: { user: { email: ada.email } } });
    expect(cookieOf(renewed)).not.toBe(first);
    expect((await refresh(cookieOf(renewed))).status).toBe(200);
  });

  test('ends the whole session when a refresh token is used twice', async () => {
    const first = cookieOf(await visitor.post('/api/auth/register', ada));
    const second = cookieOf(await refresh(first));
    expect((await refresh(first)).status).toBe(401);
    expect((await refresh(second)).status).toBe(401);
  });

  test('signs out', async () => {
    const cookie = cookieOf(await visitor.post('/api/auth/register', ada));
    const logout = await visitor.send('post', '/api/auth/logout', { headers: { Cookie: cookie } });
    expect(logout.status).toBe(204);
    expect((await refresh(cookie)).status).toBe(401);
    expect((await visitor.send('post', '/api/auth/refresh')).status).toBe(401);
  });

  test('changes the password and ends the other sessions', async () => {
    const registered = await visitor.post('/api/auth/register', ada);
    const client = visitor.as(String(registered.body['accessToken']));
    const change = (currentPassword: string) =>
      client.post('/api/auth/password', { currentPassword, newPassword: 'battery staple' });
    expect(await change('wrong')).toMatchObject({
      status: 403,
      body: { errors: [{ path: 'currentPassword' }] },
    });
    const changed = await change(ada.password);
    expect(changed.status).toBe(204);
    expect((await refresh(cookieOf(registered))).status).toBe(401);
    expect((await refresh(cookieOf(changed))).status).toBe(200);
  });

  test('changes the profile, but neither address nor role', async () => {
    const { client } = await addPerson(app, 'Ada');
    const changed = await client.patch('/api/auth/me', { name: 'Countess' });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Countess' } });
    for (const field of ['role', 'email', 'id', 'passwordHash']) {
      expect((await client.patch('/api/auth/me', { [field]: 'admin' })).status).toBe(422);
    }
  });

  test('refuses tokens that are forged, and those of accounts that are gone', async () => {
    const { id, client } = await addPerson(app, 'Ada');
    expect((await visitor.as('a.b.c').get('/api/auth/me')).status).toBe(401);
    expect((await visitor.get('/api/auth/me')).headers['www-authenticate']).toBe('Bearer');
    await app.context.database.user.delete({ where: { id } });
    expect((await client.get('/api/auth/me')).status).toBe(401);
  });

  test('shows people by name, and their addresses to administrators only', async () => {
    const { id, client } = await addPerson(app, 'Ada');
    const admin = await addPerson(app, 'Root', 'ADMIN');
    const address = `/api/users/${id}`;
    expect((await client.get(address)).body).toEqual({ id, name: 'Ada', label: 'Ada' });
    expect((await admin.client.get(address)).body).toMatchObject({ email: 'ada@example.com' });
    expect((await client.get('/api/users?q=ada')).body).toMatchObject({ total: 1 });
    expect((await client.get('/api/users?q=example.com')).body).toMatchObject({ total: 0 });
    expect((await visitor.get(address)).status).toBe(401);
    expect((await client.get('/api/users/nobody')).status).toBe(404);
  });

  test('searches for what was typed, wildcards included', async () => {
    const { client } = await addPerson(app, '100%_Ada');
    await addPerson(app, '100xxAda');
    for (const [text, total] of [
      ['100', 2],
      ['100%', 1],
      ['0%_a', 1],
      ['0__A', 0],
      ['100\\', 0],
    ] as const) {
      const reply = await client.get(`/api/users?q=${encodeURIComponent(text)}`);
      expect(reply.body).toMatchObject({ total });
    }
  });
});

test('counts failed logins of an account', async () => {
  const app = await startTestApp({ variables: { RATE_LIMIT_LOGIN: '2' } });
  const { email, password, name } = ada;
  await app.visitor.post('/api/auth/register', { email, password, name });
  const login = (attempt: string) =>
    app.visitor.post('/api/auth/login', { email, password: attempt });
  expect((await login(password)).status).toBe(200);
  expect((await login('wrong')).status).toBe(401);
  expect((await login('wrong')).status).toBe(401);
  const limited = await login(password);
  expect(limited.status).toBe(429);
  expect(limited.headers['content-type']).toContain('application/problem+json');
  expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
  await app.close();
});
