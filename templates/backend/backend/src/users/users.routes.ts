import { z } from 'zod';
import { isAdmin, type Viewer } from '../auth/actor.js';
import { roleOf } from '../auth/roles.js';
import type { AppContext } from '../context.js';
import { searchWords } from '../database/text-search.js';
import type { User } from '../generated/sqlite/client.js';
import { recordPath } from '../http/fields.js';
import { listQuery, pageOf, pageSlice } from '../http/list-query.js';
import { notFound } from '../http/problem.js';
import { defineRoute, type Route } from '../http/route.js';

const person = z
  .object({
    id: z.string(),
    name: z.string(),
    label: z.string(),
    email: z.string().optional().meta({ description: 'For administrators only' }),
    role: z.enum(['user', 'admin']).optional().meta({ description: 'For administrators only' }),
  })
  .meta({ id: 'UserSummary' });

const listPeople = z.strictObject(listQuery);

function toPerson(row: User, viewer: Viewer) {
  const { id, name, email } = row;
  return { id, name, label: name, ...(isAdmin(viewer) && { email, role: roleOf(row.role) }) };
}

/** People as others see them: enough to pick one as an author or an assignee. */
export function routesOfUsers({ database, matchText }: AppContext): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/users',
      operation: 'listUsers',
      summary: 'List users',
      tag: 'Users',
      audience: 'users',
      query: listPeople,
      status: 200,
      reply: pageOf(person).meta({ id: 'UserPage' }),
      handle: async ({ query, actor }) => {
        const words = searchWords(query.q).map((word) => ({
          // Addresses are searched for those alone who may see them.
          OR: [{ name: matchText(word) }, ...(isAdmin(actor) ? [{ email: matchText(word) }] : [])],
        }));
        const where = { AND: words };
        const [rows, total] = await Promise.all([
          database.user.findMany({
            where,
            orderBy: [{ name: 'asc' }, { id: 'asc' }],
            ...pageSlice(query),
          }),
          database.user.count({ where }),
        ]);
        const items = rows.map((row) => toPerson(row, actor));
        return { items, page: query.page, pageSize: query.pageSize, total };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/users/{id}',
      operation: 'getUser',
      summary: 'Read a user',
      tag: 'Users',
      audience: 'users',
      params: recordPath,
      status: 200,
      reply: person,
      problems: [404],
      handle: async ({ params, actor }) => {
        const row = await database.user.findUnique({ where: { id: params.id } });
        if (!row) throw notFound();
        return toPerson(row, actor);
      },
    }),
  ];
}
