import { signAccessToken } from '../../src/auth/access-token.js';
import type { Client } from './client.js';
import type { TestApp } from './test-app.js';

export interface Person {
  id: string;
  client: Client;
}

/** A signed-in person, put into the database directly: the way through the API has its own tests. */
export async function addPerson(
  { context, visitor }: TestApp,
  name: string,
  role: 'USER' | 'ADMIN' = 'USER',
): Promise<Person> {
  const email = `${name.toLowerCase()}@example.com`;
  const data = { email, name, role, passwordHash: 'none' };
  const { id } = await context.database.user.create({ data });
  return { id, client: visitor.as(await signAccessToken(context.config, id)) };
}
