// npm run admin -- EMAIL [PASSWORD]: makes an administrator, or promotes an existing account.
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { ensureAdmin } from '../auth/admins.js';
import { withContext } from './with-context.js';

const [address, givenPassword] = process.argv.slice(2);
const email = z.email().toLowerCase().safeParse(address);
const password = z
  .string()
  .min(8)
  .safeParse(givenPassword ?? randomBytes(12).toString('base64url'));

if (!email.success || !password.success) {
  console.error('Usage: npm run admin -- EMAIL [PASSWORD of at least 8 characters]');
  process.exitCode = 2;
} else {
  const account = { email: email.data, password: password.data, name: 'Administrator' };
  await withContext(async (context) => {
    const outcome = await ensureAdmin(context, account);
    if (outcome === 'promoted') console.log(`${account.email} is an administrator now.`);
    else console.log(`Created the administrator ${account.email}, password: ${account.password}`);
  });
}
