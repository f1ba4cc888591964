import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { appFolder } from '../config/paths.js';
import { PrismaClient as PostgresClient } from '../generated/postgresql/client.js';
import { PrismaClient } from '../generated/sqlite/client.js';
import { SqliteAdapter } from './libsql.js';

/** Both clients have the same models; the SQLite one lends its types. */
export type Database = PrismaClient;

export function isPostgres(url: string): boolean {
  return /^postgres(ql)?:/.test(url);
}

export function openDatabase(url: string): Database {
  if (isPostgres(url)) {
    const adapter = new PrismaPg({ connectionString: url });
    return new PostgresClient({ adapter }) as unknown as Database;
  }
  return new PrismaClient({ adapter: openSqlite(url) });
}

/** Relative paths count from the app's root, whatever the working directory is. */
export function openSqlite(url: string): SqliteAdapter {
  const path = resolve(appFolder, url.slice('file:'.length));
  mkdirSync(dirname(path), { recursive: true });
  return new SqliteAdapter(`file:${path}`);
}
