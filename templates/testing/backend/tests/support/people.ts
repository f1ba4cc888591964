import type { Client } from './client.js';
import type { TestApp } from './test-app.js';

export const password = 'correct horse battery';

export interface Person {
  id: string;
  email: string;
  client: Client;
}

export async function signUp({ visitor }: TestApp, name: string): Promise<Person> {
  const email = `${name.toLowerCase()}@example.com`;
  const { body } = await visitor.post('/api/auth/register', { email, password, name });
  const user = body['user'] as { id: string };
  return { id: user.id, email, client: visitor.as(String(body['accessToken'])) };
}

export async function signUpAdmin(app: TestApp): Promise<Person> {
  const person = await signUp(app, 'Admin');
  await app.context.database.user.update({ where: { id: person.id }, data: { role: 'ADMIN' } });
  return person;
}
