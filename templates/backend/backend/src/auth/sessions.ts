import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { AppContext } from '../context.js';
import { unauthorized } from '../http/problem.js';

/** A refresh token in clear text; the database knows only its hash. */
export interface IssuedSession {
  userId: string;
  refreshToken: string;
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

/** Begins a session: a family of refresh tokens, each used once. */
export async function startSession(context: AppContext, userId: string): Promise<IssuedSession> {
  await context.database.refreshToken.deleteMany({
    where: { userId, expiresAt: { lt: new Date() } },
  });
  return issue(context, userId, randomUUID());
}

/**
 * Exchanges a refresh token for its successor. One that was used before has been stolen, by
 * whoever came first or second: its whole family ends.
 */
export async function rotateSession(context: AppContext, token: string): Promise<IssuedSession> {
  const { refreshToken: tokens } = context.database;
  const found = await tokens.findUnique({ where: { tokenHash: hashOf(token) } });
  if (!found || found.expiresAt <= new Date()) throw unauthorized('The session has ended.');
  // Of two requests at the same moment the database lets one through.
  const { count } = await tokens.updateMany({
    where: { id: found.id, revokedAt: null },
    data: { revokedAt: new Date() },
  });
  if (count === 0) {
    await endFamily(context, found.familyId);
    throw unauthorized('The session has ended.');
  }
  return issue(context, found.userId, found.familyId);
}

export async function endSession(context: AppContext, token: string): Promise<void> {
  const found = await context.database.refreshToken.findUnique({
    where: { tokenHash: hashOf(token) },
  });
  if (found) await endFamily(context, found.familyId);
}

export async function endAllSessions(context: AppContext, userId: string): Promise<void> {
  await context.database.refreshToken.updateMany({
    where: { userId, revokedAt: null },
    data: { revokedAt: new Date() },
  });
}

async function endFamily(context: AppContext, familyId: string): Promise<void> {
  await context.database.refreshToken.updateMany({
    where: { familyId, revokedAt: null },
    data: { revokedAt: new Date() },
  });
}

async function issue(
  context: AppContext,
  userId: string,
  familyId: string,
): Promise<IssuedSession> {
  const refreshToken = randomBytes(32).toString('base64url');
  const expiresAt = new Date(Date.now() + context.config.refreshTokenSeconds * 1000);
  await context.database.refreshToken.create({
    data: { tokenHash: hashOf(refreshToken), familyId, userId, expiresAt },
  });
  return { userId, refreshToken };
}
