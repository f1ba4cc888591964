import type { Request, Response } from 'express';
import type { AppContext } from '../context.js';
import { unauthorized } from '../http/problem.js';
import { defineRoute, type Route } from '../http/route.js';
import { toProfile } from '../users/profile.js';
import { signAccessToken } from './access-token.js';
import {
  credentialsSchema,
  passwordChangeSchema,
  profileChangesSchema,
  profileSchema,
  registrationSchema,
  sessionSchema,
} from './auth.schema.js';
import { changePassword, changeProfile, checkCredentials, registerUser } from './auth.service.js';
import { clearRefreshCookie, readRefreshCookie, setRefreshCookie } from './refresh-cookie.js';
import { endSession, rotateSession, startSession, type IssuedSession } from './sessions.js';

const tag = 'Account';

export function routesOfAuth(context: AppContext): Route[] {
  const { config, database } = context;

  async function answerSession(session: IssuedSession, response: Response) {
    const user = await database.user.findUniqueOrThrow({ where: { id: session.userId } });
    setRefreshCookie(config, response, session.refreshToken);
    response.set('Cache-Control', 'no-store');
    return { user: toProfile(user), accessToken: await signAccessToken(config, user.id) };
  }

  async function refresh(request: Request, response: Response) {
    const token = readRefreshCookie(request);
    if (token === undefined) throw unauthorized('There is no session.');
    try {
      return await answerSession(await rotateSession(context, token), response);
    } catch (error) {
      clearRefreshCookie(config, response);
      throw error;
    }
  }

  return [
    defineRoute({
      method: 'post',
      path: '/auth/register',
      operation: 'register',
      summary: 'Create an account',
      tag,
      audience: 'anyone',
      body: registrationSchema,
      status: 201,
      reply: sessionSchema,
      location: () => '/api/auth/me',
      problems: [409],
      handle: async ({ body, response }) => {
        const user = await registerUser(context, body);
        return answerSession(await startSession(context, user.id), response);
      },
    }),
    defineRoute({
      method: 'post',
      path: '/auth/login',
      operation: 'login',
      summary: 'Sign in',
      tag,
      audience: 'anyone',
      body: credentialsSchema,
      status: 200,
      reply: sessionSchema,
      problems: [401],
      handle: async ({ body, response }) => {
        const user = await checkCredentials(context, body);
        return answerSession(await startSession(context, user.id), response);
      },
    }),
    defineRoute({
      method: 'post',
      path: '/auth/refresh',
      operation: 'refreshSession',
      summary: 'Exchange the refresh cookie for a new access token',
      tag,
      audience: 'anyone',
      status: 200,
      reply: sessionSchema,
      problems: [401],
      handle: ({ request, response }) => refresh(request, response),
    }),
    defineRoute({
      method: 'post',
      path: '/auth/logout',
      operation: 'logout',
      summary: 'Sign out',
      tag,
      audience: 'anyone',
      status: 204,
      handle: async ({ request, response }) => {
        const token = readRefreshCookie(request);
        if (token !== undefined) await endSession(context, token);
        clearRefreshCookie(config, response);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/auth/me',
      operation: 'getOwnAccount',
      summary: 'Read your account',
      tag,
      audience: 'users',
      status: 200,
      reply: profileSchema,
      handle: async ({ actor }) =>
        toProfile(await database.user.findUniqueOrThrow({ where: { id: actor.id } })),
    }),
    defineRoute({
      method: 'patch',
      path: '/auth/me',
      operation: 'updateOwnAccount',
      summary: 'Change your account',
      tag,
      audience: 'users',
      body: profileChangesSchema,
      status: 200,
      reply: profileSchema,
      problems: [409],
      handle: async ({ actor, body }) => toProfile(await changeProfile(context, actor.id, body)),
    }),
    defineRoute({
      method: 'post',
      path: '/auth/password',
      operation: 'changePassword',
      summary: 'Change your password',
      tag,
      audience: 'users',
      body: passwordChangeSchema,
      status: 204,
      problems: [403],
      handle: async ({ actor, body, response }) => {
        await changePassword(context, actor.id, body);
        const session = await startSession(context, actor.id);
        setRefreshCookie(config, response, session.refreshToken);
      },
    }),
  ];
}
