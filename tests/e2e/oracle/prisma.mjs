/**
 * Prisma's own engines as the judges of what metagen writes by itself: the first migration must be byte for byte the one that
 * `prisma migrate` would write for the schema, and `prisma format` must leave the schema as it is. Both run as WebAssembly, so
 * that no engine is downloaded and no database is asked.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { format } from '@prisma/prisma-schema-wasm';
import * as engine from '@prisma/schema-engine-wasm/schema_engine_bg';

const SCHEMAS = [
  { provider: 'sqlite', schema: 'backend/prisma/schema.prisma', migrations: 'backend/prisma/migrations' },
  {
    provider: 'postgres',
    schema: 'backend/prisma/postgresql/schema.prisma',
    migrations: 'backend/prisma/postgresql/migrations',
  },
];

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

/** Gives the SQL that Prisma writes for a schema. */
async function migrationFor(provider, file, content) {
  const database = bindMigrationAwareSqlAdapterFactory(emptyDatabase(provider));
  const planner = await engine.SchemaEngine.new({ datamodels: [[file, content]] }, () => undefined, database);
  const { stdout } = await planner.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files: [{ path: file, content }] },
    script: true,
    shadowDatabaseUrl: null,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  });
  return stdout;
}

function assertSame(what, wanted, got) {
  if (wanted === got) return;
  const [left, right] = [wanted.split('\n'), got.split('\n')];
  const at = left.findIndex((line, index) => line !== right[index]);
  const line = at === -1 ? left.length : at;
  throw new Error(`${what}: line ${line + 1}\n  Prisma: ${left[line] ?? '(end)'}\n  ours:   ${right[line] ?? '(end)'}`);
}

/** Compares an app's schemas and first migrations with Prisma's own. Rejects with the first difference. */
export async function askPrisma(root) {
  for (const { provider, schema, migrations } of SCHEMAS) {
    const file = path.join(root, schema);
    const content = readFileSync(file, 'utf8');
    const formatted = format(
      JSON.stringify([[file, content]]),
      JSON.stringify({
        textDocument: { uri: `file:${file}` },
        options: { tabSize: 2, insertSpaces: true },
      }),
    );
    const [[, laidOut]] = JSON.parse(formatted);
    assertSame(schema, laidOut, content);
    const found = readdirSync(path.join(root, migrations), { recursive: true });
    const [first, ...others] = found.filter((name) => path.basename(name) === 'migration.sql');
    if (first === undefined || others.length > 0) throw new Error(`${migrations} does not hold exactly one migration`);
    const sql = readFileSync(path.join(root, migrations, first), 'utf8');
    assertSame(path.join(migrations, first), await migrationFor(provider, file, content), sql);
  }
}
