import { defineConfig } from 'prisma/config';

// These commands need no schema engine, yet the CLI would download one first. Naming any program
// as the engine keeps `npm install` free of downloads; `prisma migrate` still fetches the real one.
if (['generate', 'validate', 'format'].includes(process.argv[2] ?? '')) {
  process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= process.execPath;
}

const url = process.env['DATABASE_URL'] ?? 'file:../data/app.db';
const usesPostgres = /^postgres(ql)?:/.test(url);
const folder = usesPostgres ? 'prisma/postgresql' : 'prisma';

export default defineConfig({
  schema: `${folder}/schema.prisma`,
  migrations: { path: `${folder}/migrations` },
  datasource: { url },
});
