import type { AppContext } from '../context.js';
import { hashPassword } from './passwords.js';

export interface AdminAccount {
  email: string;
  password: string;
  name: string;
}

/** Makes an administrator, or promotes the account that has this address, keeping its password. */
export async function ensureAdmin(
  { database }: AppContext,
  { email, name, password }: AdminAccount,
): Promise<'created' | 'promoted'> {
  const found = await database.user.findUnique({ where: { email } });
  if (found) {
    await database.user.update({ where: { email }, data: { role: 'ADMIN' } });
    return 'promoted';
  }
  const passwordHash = await hashPassword(password);
  await database.user.create({ data: { email, name, passwordHash, role: 'ADMIN' } });
  return 'created';
}

/** The administrator of ADMIN_EMAIL and ADMIN_PASSWORD, for the first start of a deployment. */
export async function ensureConfiguredAdmin(context: AppContext): Promise<void> {
  const { admin } = context.config;
  if (admin) await ensureAdmin(context, { ...admin, name: 'Administrator' });
}
