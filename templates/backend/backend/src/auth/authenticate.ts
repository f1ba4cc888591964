import type { Request } from 'express';
import type { AppContext } from '../context.js';
import { unauthorized } from '../http/problem.js';
import { verifyAccessToken } from './access-token.js';
import type { Viewer } from './actor.js';
import { roleOf } from './roles.js';

const bearer = /^Bearer +([\w.~+/-]+=*)$/i;

/**
 * Who sends the request. The user is looked up each time, so that a deleted account or a changed
 * role counts at once and not only when the token expires.
 */
export async function readViewer(context: AppContext, request: Request): Promise<Viewer> {
  const header = request.get('authorization');
  if (header === undefined) return null;
  const token = bearer.exec(header)?.[1];
  const id = token === undefined ? null : await verifyAccessToken(context.config, token);
  if (id === null) throw unauthorized('The access token is invalid or has expired.');
  const user = await context.database.user.findUnique({
    where: { id },
    select: { id: true, role: true },
  });
  if (!user) throw unauthorized('The account no longer exists.');
  return { id: user.id, role: roleOf(user.role) };
}
