/** Prisma's own engine as the judge of later migrations: of their SQL, and of what they make of a database with rows in it. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { assertSame, engineOver, FILTERS, migrationBetween, SCHEMAS, sqlBetween } from './engine.mjs';

/** The text of each of an app's schemas. */
export function schemasOf(root) {
  return SCHEMAS.map(({ schema }) => readFileSync(path.join(root, schema), 'utf8'));
}

/** The migrations in a folder, oldest first. */
function migrationsIn(folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries
    .map(({ name }) => name)
    .sort()
    .map((name) => ({ name, script: readFileSync(path.join(folder, name, 'migration.sql'), 'utf8') }));
}

/** A script without what only metagen writes: its head, and commits inside of what is one transaction. */
function bare(script) {
  return script
    .replace(/^-- metagen: .*\n/, '')
    .replace(/^\/\*\n[\s\S]*?\n\*\/\n/, '')
    .replaceAll(/^(BEGIN|COMMIT);\n/gm, '');
}

/**
 * Compares an app's second migrations with those that Prisma writes from the schemas before to those that stand. Only for
 * changes after which no row lacks a value, which Prisma leaves to people.
 */
export async function assertPrismasChange(root, before) {
  for (const [index, { provider, schema, migrations }] of SCHEMAS.entries()) {
    const file = path.join(root, schema);
    const wanted = await migrationBetween(provider, file, before[index], readFileSync(file, 'utf8'));
    const [, second, ...others] = migrationsIn(path.join(root, migrations));
    if (second === undefined || others.length > 0) throw new Error(`${migrations} does not hold exactly two migrations`);
    assertSame(path.join(migrations, second.name), bare(wanted), bare(second.script));
  }
}

/** An app's SQLite database under Prisma's engine. */
export class Database {
  constructor(root, file) {
    this.root = root;
    const { PrismaLibSql } = createRequire(path.join(root, 'backend', 'package.json'))('@prisma/adapter-libsql');
    this.factory = new PrismaLibSql({ url: `file:${file}` });
    const connect = this.factory.connect.bind(this.factory);
    // The engine sends whole scripts, of which this adapter would run the first statement.
    this.factory.connect = async () => {
      const adapter = await connect();
      return Object.assign(adapter, { executeRaw: async ({ sql }) => (await adapter.executeScript(sql), 0) });
    };
  }

  get schema() {
    const file = path.join(this.root, SCHEMAS[0].schema);
    return { path: file, content: readFileSync(file, 'utf8') };
  }

  engine() {
    return engineOver(this.factory, this.schema.path, this.schema.content);
  }

  async rows(sql) {
    const adapter = await this.factory.connect();
    try {
      const { columnNames, rows } = await adapter.queryRaw({ sql, args: [], argTypes: [] });
      return rows.map((row) => Object.fromEntries(row.map((value, index) => [columnNames[index], value])));
    } finally {
      await adapter.dispose();
    }
  }

  get #list() {
    const folder = path.join(this.root, SCHEMAS[0].migrations);
    const lockfile = path.join(folder, 'migration_lock.toml');
    return {
      baseDir: folder,
      lockfile: { path: lockfile, content: readFileSync(lockfile, 'utf8') },
      shadowDbInitScript: '',
      migrationDirectories: migrationsIn(folder).map(({ name, script }) => ({
        path: name,
        migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: script } },
      })),
    };
  }

  /** Does what `prisma migrate deploy` does; gives the names of what it applied. */
  async deploy() {
    const engine = await this.engine();
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList: this.#list, filters: FILTERS });
    return appliedMigrationNames;
  }

  /** Holds the database to what `prisma migrate status` and `prisma migrate diff` say of a sound one. */
  async assertUpToDate() {
    const engine = await this.engine();
    const told = await engine.diagnoseMigrationHistory({
      migrationsList: this.#list,
      optInToShadowDatabase: false,
      filters: FILTERS,
    });
    if (told.history !== null || told.editedMigrationNames.length > 0 || told.failedMigrationNames.length > 0) {
      throw new Error(`prisma migrate status: ${JSON.stringify(told)}`);
    }
    const drift = await sqlBetween(
      engine,
      { tag: 'schemaDatasource', files: [this.schema], configDir: path.dirname(this.schema.path) },
      { tag: 'schemaDatamodel', files: [this.schema] },
    );
    if (drift.trim() !== '-- This is an empty migration.') throw new Error(`the database differs:\n${drift}`);
    const broken = await this.rows('PRAGMA foreign_key_check');
    if (broken.length > 0) throw new Error(`${broken.length} references lead nowhere: ${JSON.stringify(broken[0])}`);
  }
}
