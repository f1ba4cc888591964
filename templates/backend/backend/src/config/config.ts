import { z } from 'zod';

const minute = 60;
const day = 24 * 60 * minute;

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

const number = () => z.coerce.number('must be a number');

const environmentSchema = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().optional(),
  PORT: number().int().min(0).max(65535).default(3000),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  DATABASE_URL: z
    .string()
    .regex(/^(file:|postgres:\/\/|postgresql:\/\/)/, 'must start with file: or postgresql://')
    .default('file:./data/app.db'),
  JWT_SECRET: z.string('is required in production').min(32, 'must have at least 32 characters'),
  ACCESS_TOKEN_MINUTES: number().positive().default(15),
  REFRESH_TOKEN_DAYS: number().positive().default(30),
  COOKIE_SECURE: z.union([z.literal('auto'), flag]).default('auto'),
  TRUST_PROXY: number().int().min(0).default(0),
  RATE_LIMIT_API: number().int().min(0).optional(),
  RATE_LIMIT_AUTH: number().int().min(0).optional(),
  RATE_LIMIT_LOGIN: number().int().min(0).optional(),
  ADMIN_EMAIL: z.email().optional(),
  ADMIN_PASSWORD: z.string().min(8).optional(),
});

export interface Config {
  environment: 'development' | 'test' | 'production';
  host: string | undefined;
  port: number;
  logLevel: string;
  databaseUrl: string;
  jwtSecret: string;
  accessTokenSeconds: number;
  refreshTokenSeconds: number;
  /** `auto`: secure wherever the browser reached us by HTTPS. */
  cookieSecure: 'auto' | boolean;
  /** How many reverse proxies stand in front; their X-Forwarded-For is believed. */
  trustedProxies: number;
  rateLimits: RateLimits;
  /** An administrator who is made, or promoted, at start. */
  admin: { email: string; password: string } | undefined;
}

/** Requests let through in one window; 0 switches a limit off. */
export interface RateLimits {
  /** All requests of an address, a minute. */
  api: number;
  /** Registrations, logins and password changes of an address, in 15 minutes. */
  auth: number;
  /** Failed logins of an address to one account, in 15 minutes. */
  login: number;
}

export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** Reads the configuration from environment variables; an empty variable counts as absent. */
export function readConfig(variables: NodeJS.ProcessEnv): Config {
  const present = Object.entries(variables).filter(([, value]) => value !== '');
  const parsed = environmentSchema.safeParse(Object.fromEntries(present));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      (issue) => `  ${issue.path.join('.')}: ${issue.message}`,
    );
    throw new ConfigError(`The configuration is invalid:\n${faults.join('\n')}`);
  }
  const env = parsed.data;
  const limited = env.NODE_ENV !== 'test';
  return {
    environment: env.NODE_ENV,
    host: env.HOST,
    port: env.PORT,
    logLevel: env.LOG_LEVEL,
    databaseUrl: env.DATABASE_URL,
    jwtSecret: env.JWT_SECRET,
    accessTokenSeconds: Math.round(env.ACCESS_TOKEN_MINUTES * minute),
    refreshTokenSeconds: Math.round(env.REFRESH_TOKEN_DAYS * day),
    cookieSecure: env.COOKIE_SECURE,
    trustedProxies: env.TRUST_PROXY,
    rateLimits: {
      api: env.RATE_LIMIT_API ?? (limited ? 3000 : 0),
      auth: env.RATE_LIMIT_AUTH ?? (limited ? 300 : 0),
      login: env.RATE_LIMIT_LOGIN ?? (limited ? 10 : 0),
    },
    admin:
      env.ADMIN_EMAIL !== undefined && env.ADMIN_PASSWORD !== undefined
        ? { email: env.ADMIN_EMAIL.toLowerCase(), password: env.ADMIN_PASSWORD }
        : undefined,
  };
}
