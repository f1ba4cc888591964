import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backendFolder } from '../config/paths.js';
import { isPostgres } from './database.js';
import { openPostgresTarget, openSqliteTarget, type MigrationTarget } from './migration-target.js';

interface Migration {
  name: string;
  script: string;
  checksum: string;
}

/**
 * Applies the migrations that the database has not seen, oldest first, and answers their names.
 * It keeps the same records as `prisma migrate deploy`, so that both can take turns, but needs
 * neither the Prisma CLI nor its schema engine.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const postgres = isPostgres(databaseUrl);
  const migrations = await readMigrations(postgres ? 'prisma/postgresql' : 'prisma');
  const target = await (postgres ? openPostgresTarget(databaseUrl) : openSqliteTarget(databaseUrl));
  try {
    return await applyMissing(target, migrations);
  } finally {
    await target.close();
  }
}

async function readMigrations(schemaFolder: string): Promise<Migration[]> {
  const folder = join(backendFolder, schemaFolder, 'migrations');
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const script = await readFile(join(folder, name, 'migration.sql'), 'utf8');
      return { name, script, checksum: createHash('sha256').update(script).digest('hex') };
    }),
  );
}

async function applyMissing(
  target: MigrationTarget,
  migrations: readonly Migration[],
): Promise<string[]> {
  const done = new Map((await target.history()).map((row) => [row.name, row]));
  const applied: string[] = [];
  for (const migration of migrations) {
    const { name, script, checksum } = migration;
    const earlier = done.get(name);
    if (!earlier) {
      await target.apply(script, { id: randomUUID(), name, checksum });
      applied.push(name);
    } else if (!earlier.finished) {
      throw new Error(`Migration ${name} failed half-way; see "prisma migrate resolve".`);
    } else if (earlier.checksum !== checksum) {
      throw new Error(`Migration ${name} was changed after it had been applied.`);
    }
  }
  return applied;
}
