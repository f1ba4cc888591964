import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../src/config/config.js';

const JWT_SECRET = 'x'.repeat(32);

describe('the configuration', () => {
  test('needs nothing but a secret', () => {
    expect(readConfig({ JWT_SECRET, PORT: '' })).toMatchObject({
      port: 3000,
      environment: 'development',
      cookieSecure: 'auto',
      admin: undefined,
    });
  });

  test('names everything that is wrong', () => {
    const wrong = { JWT_SECRET: 'short', PORT: '70000', DATABASE_URL: 'mysql://x' };
    expect(() => readConfig(wrong)).toThrow(/PORT.*DATABASE_URL.*JWT_SECRET/s);
  });

  test('limits requests everywhere but in tests', () => {
    expect(readConfig({ JWT_SECRET }).rateLimits.login).toBeGreaterThan(0);
    expect(readConfig({ JWT_SECRET, NODE_ENV: 'test' }).rateLimits.login).toBe(0);
  });
});
