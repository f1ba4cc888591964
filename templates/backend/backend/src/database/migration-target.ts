import { PrismaPg } from '@prisma/adapter-pg';
import { openSqlite } from './database.js';

export interface AppliedMigration {
  name: string;
  checksum: string;
  finished: boolean;
}

export interface MigrationRecord {
  id: string;
  name: string;
  checksum: string;
}

/** A database under migration: one connection, which nobody else may migrate over meanwhile. */
export interface MigrationTarget {
  history: () => Promise<AppliedMigration[]>;
  /** Runs the script and records it, both or neither. */
  apply: (script: string, record: MigrationRecord) => Promise<void>;
  close: () => Promise<void>;
}

const historyQuery = `
  SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
  FROM _prisma_migrations WHERE rolled_back_at IS NULL`;

// Both tables exactly as Prisma's schema engine makes them.
const sqliteHistory = `
CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    TEXT PRIMARY KEY NOT NULL,
    "checksum"              TEXT NOT NULL,
    "finished_at"           DATETIME,
    "migration_name"        TEXT NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        DATETIME,
    "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
    "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
)`;

const postgresHistory = `
CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
)`;

/** The number under which Prisma locks a database for migrations. */
const prismaLock = 72707369;

/** The statement that records a migration; none of its values can hold a quote. */
function recordStatement({ id, name, checksum }: MigrationRecord): string {
  if (name.includes("'")) throw new Error(`Migration ${name} needs a plain name.`);
  const now = new Date().toISOString().replace('Z', '+00:00');
  return `
    INSERT INTO _prisma_migrations
      (id, checksum, finished_at, migration_name, started_at, applied_steps_count)
    VALUES ('${id}', '${checksum}', '${now}', '${name}', '${now}', 1)`;
}

export async function openSqliteTarget(url: string): Promise<MigrationTarget> {
  const adapter = await openSqlite(url).connect();
  await adapter.executeScript(sqliteHistory);
  return {
    async history() {
      const { rows } = await adapter.queryRaw({ sql: historyQuery, args: [], argTypes: [] });
      return rows.map(([name, checksum, finished]) => ({
        name: String(name),
        checksum: String(checksum),
        finished: Number(finished) === 1,
      }));
    },
    async apply(script, record) {
      // SQLite changes a table by copying and dropping it, which must not cascade. Foreign keys
      // can only be switched off outside a transaction.
      await adapter.executeScript('PRAGMA foreign_keys = OFF');
      await adapter.executeScript(
        ['BEGIN IMMEDIATE', script, recordStatement(record), 'COMMIT'].join(';\n'),
      );
    },
    close: () => adapter.dispose(),
  };
}

export async function openPostgresTarget(url: string): Promise<MigrationTarget> {
  const adapter = await new PrismaPg({ connectionString: url }).connect();
  const client = await adapter.underlyingDriver().connect();
  await client.query(`SELECT pg_advisory_lock(${String(prismaLock)})`);
  await client.query(postgresHistory);
  return {
    async history() {
      const { rows } = await client.query<AppliedMigration>(historyQuery);
      return rows;
    },
    async apply(script, record) {
      try {
        // As one text, because the adapter's own executeScript splits at every semicolon.
        await client.query(['BEGIN', script, recordStatement(record), 'COMMIT'].join(';\n'));
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      }
    },
    async close() {
      // Ending the connection releases the lock.
      client.release(true);
      await adapter.dispose();
    },
  };
}
