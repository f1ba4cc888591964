/** Prisma's schema engine as WebAssembly: no engine is downloaded, and where only SQL is wanted no database is asked. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as engine from '@prisma/schema-engine-wasm/schema_engine_bg';

/** Both schemas of an app, as they lie below its root. */
export const SCHEMAS = [
  { provider: 'sqlite', schema: 'backend/prisma/schema.prisma', migrations: 'backend/prisma/migrations' },
  {
    provider: 'postgres',
    schema: 'backend/prisma/postgresql/schema.prisma',
    migrations: 'backend/prisma/postgresql/migrations',
  },
];

export const FILTERS = { externalTables: [], externalEnums: [] };

/** What the engine asks a PostgreSQL server before it plans for it: whether the schema is there, and its version. */
const SERVER_FACTS = {
  columnNames: ['exists', 'version', 'numeric_version'],
  columnTypes: [5, 7, 0],
  rows: [[true, 'PostgreSQL 15.1', 150001]],
};

instantiate();

/** The package's own entry reads its WebAssembly in a way that only bundlers know. */
function instantiate() {
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
  const bytes = readFileSync(path.join(path.dirname(entry), 'schema_engine_bg.wasm'));
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message(message) {
      throw new Error(`Prisma's schema engine panicked: ${message}`);
    },
  };
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { './schema_engine_bg.js': engine });
  engine.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
}

/** A database that is empty and stays so. */
function emptyDatabase(provider) {
  const connect = async () => ({
    provider,
    adapterName: 'nowhere',
    queryRaw: async ({ sql }) =>
      /version/i.test(sql) ? SERVER_FACTS : { columnNames: [], columnTypes: [], rows: [] },
    executeRaw: async () => 0,
    executeScript: async () => undefined,
    startTransaction: async () => {
      throw new Error('planning a migration needs no transaction');
    },
    getConnectionInfo: () => ({ schemaName: 'public', maxBindValues: 32_766, supportsRelationJoins: true }),
    dispose: async () => undefined,
  });
  return { provider, adapterName: 'nowhere', connect, connectToShadowDb: connect };
}

/** An engine over a database, given as a driver adapter's factory. */
export function engineOver(factory, file, content) {
  const database = bindMigrationAwareSqlAdapterFactory(factory);
  return engine.SchemaEngine.new({ datamodels: [[file, content]] }, () => undefined, database);
}

/** Gives the SQL that leads from one state to another, each as the engine's `diff` takes it. */
export async function sqlBetween(planner, from, to) {
  const { stdout } = await planner.diff({
    from,
    to,
    script: true,
    shadowDatabaseUrl: null,
    exitCode: null,
    filters: FILTERS,
  });
  return stdout;
}

/** Gives the SQL that Prisma writes to get from one schema to another, from nothing where the first is undefined. */
export async function migrationBetween(provider, file, before, after) {
  const planner = await engineOver(emptyDatabase(provider), file, after);
  const state = (content) => ({ tag: 'schemaDatamodel', files: [{ path: file, content }] });
  return sqlBetween(planner, before === undefined ? { tag: 'empty' } : state(before), state(after));
}

/** Throws with the first line that differs. */
export function assertSame(what, wanted, got) {
  if (wanted === got) return;
  const [left, right] = [wanted.split('\n'), got.split('\n')];
  const at = left.findIndex((line, index) => line !== right[index]);
  const line = at === -1 ? left.length : at;
  throw new Error(`${what}: line ${line + 1}\n  Prisma: ${left[line] ?? '(end)'}\n  ours:   ${right[line] ?? '(end)'}`);
}
