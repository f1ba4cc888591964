/**
 * Prisma's own engines as the judges of what metagen writes by itself: the first migration must be byte for byte the one that
 * `prisma migrate` would write for the schema, and `prisma format` must leave the schema as it is.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { format } from '@prisma/prisma-schema-wasm';
import { assertSame, migrationBetween, SCHEMAS } from './engine.mjs';

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
    assertSame(path.join(migrations, first), await migrationBetween(provider, file, undefined, content), sql);
  }
}
