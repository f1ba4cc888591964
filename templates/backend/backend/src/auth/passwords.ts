import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';

// OWASP's recommendation for scrypt; tests hash often and protect nothing.
const cost = { N: process.env['NODE_ENV'] === 'test' ? 2 ** 10 : 2 ** 15, r: 8, p: 3 };
const keyLength = 32;

function derive(password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> {
  // Node's default limit of 32 MiB is exactly too small for N = 2^15.
  const maxmem = 256 * 1024 * 1024;
  return new Promise((resolve, reject) => {
    scrypt(password, salt, keyLength, { ...options, maxmem }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

/** The parameters stand in the hash, so that raising them leaves old passwords valid. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  const { N, r, p } = cost;
  return ['scrypt', N, r, p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [, N, r, p, salt = '', key = ''] = hash.split('$');
  const expected = Buffer.from(key, 'base64url');
  const options = { N: Number(N), r: Number(r), p: Number(p) };
  const actual = await derive(password, Buffer.from(salt, 'base64url'), options);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

const hashOfNobody = hashPassword(randomBytes(16).toString('hex'));

/** Takes as long as a true comparison, so that timing does not tell which accounts exist. */
export async function rejectUnknownAccount(password: string): Promise<false> {
  await verifyPassword(password, await hashOfNobody);
  return false;
}
