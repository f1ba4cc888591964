import { randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { appFolder } from './paths.js';

const file = join(appFolder, '.env');

/**
 * Loads `.env` at the app's root; variables that are already set win. Outside production a missing
 * JWT_SECRET is made up and kept there, so that sessions outlive a restart.
 */
export function loadEnvironment(): NodeJS.ProcessEnv {
  if (existsSync(file)) process.loadEnvFile(file);
  if (process.env['NODE_ENV'] !== 'production' && !process.env['JWT_SECRET']) {
    process.env['JWT_SECRET'] = randomBytes(32).toString('base64url');
    keepSecret(process.env['JWT_SECRET']);
  }
  return process.env;
}

function keepSecret(secret: string): void {
  const line = `# Signs the access tokens. Made at the first start; use another one in production.\nJWT_SECRET=${secret}\n`;
  try {
    appendFileSync(file, existsSync(file) ? `\n${line}` : line, { mode: 0o600 });
    chmodSync(file, 0o600);
  } catch {
    process.stderr.write(
      `${file} cannot be written: people will be signed out at every restart.\n`,
    );
  }
}
