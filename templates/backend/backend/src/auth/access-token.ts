import { errors, jwtVerify, SignJWT } from 'jose';
import type { Config } from '../config/config.js';

const issuer = 'backend';
const algorithm = 'HS256';

function keyOf(config: Config): Uint8Array {
  return new TextEncoder().encode(config.jwtSecret);
}

export function signAccessToken(config: Config, userId: string): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: algorithm })
    .setIssuer(issuer)
    .setAudience(issuer)
    .setSubject(userId)
    .setIssuedAt()
    .setExpirationTime(`${String(config.accessTokenSeconds)}s`)
    .sign(keyOf(config));
}

/** The id of the user whom the token names; null where it is forged, foreign or expired. */
export async function verifyAccessToken(config: Config, token: string): Promise<string | null> {
  try {
    const options = { issuer, audience: issuer, algorithms: [algorithm] };
    const { payload } = await jwtVerify(token, keyOf(config), options);
    return payload.sub ?? null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
