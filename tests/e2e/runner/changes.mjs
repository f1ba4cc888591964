import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pair } from '../changed.mjs';
import { OWN_PACKAGES, SHARED_PACKAGES, takeOver, toolEnvironment } from './app.mjs';
import { run } from './process.mjs';

const SPECS = path.resolve(import.meta.dirname, '..', 'specs');
const PAIRS = 8;

/** Builds apps twice, the second time with another blueprint, and judges the migrations that lead from one to the other. */
export async function schemaChanges(bench, { donor, seed }) {
  await bench.steps.run(`schema changes: ${PAIRS} are what Prisma writes (seed ${seed})`, () => compare(bench, seed));
  await bench.steps.run('schema changes: a database with rows comes along', () => live(bench, donor));
}

/** Holds changes that leave no row without a value to Prisma's own SQL, byte for byte. */
async function compare(bench, seed) {
  const { assertPrismasChange, schemasOf } = await import('../oracle/changes.mjs');
  const folder = path.join(bench.work, 'changes');
  for (let index = 0; index < PAIRS; index += 1) {
    const root = path.join(folder, `pair-${index}`);
    mkdirSync(root, { recursive: true });
    const app = path.join(root, 'app');
    const forms = pair(seed, index);
    let before;
    for (const form of ['before', 'after']) {
      const file = path.join(root, `${form}.json`);
      writeFileSync(file, `${JSON.stringify(forms[form], null, 2)}\n`);
      if (form === 'after') before = schemasOf(app);
      await bench.runMetagen(['build', '--blueprint', file, '--out', app], { log: path.join(root, `${form}.log`) });
    }
    try {
      // A change can turn out to be none, such as a text that must not repeat.
      if (before.join() !== schemasOf(app).join()) await assertPrismasChange(app, before);
    } catch (error) {
      throw new Error(`${root}: ${error.message}`);
    }
    rmSync(app, { recursive: true });
  }
}

/** Fills an app's database, changes the app, and migrates: with the app's own runner and with Prisma's. */
async function live(bench, donor) {
  const { Database } = await import('../oracle/changes.mjs');
  const folder = path.join(bench.work, 'shop');
  const root = path.join(folder, 'app');
  const [own, prismas, fresh] = ['own.db', 'prismas.db', 'fresh.db'].map((name) => path.join(folder, name));
  const log = (name) => path.join(folder, `${name}.log`);
  mkdirSync(folder, { recursive: true });
  const build = (form) =>
    bench.runMetagen(['build', '--blueprint', path.join(SPECS, `shop-${form}.json`), '--out', root], { log: log(form) });
  const script = (name, step, database = own) => {
    const env = toolEnvironment({ DATABASE_URL: `file:${database}` });
    return run('npm', ['run', '--silent', name], { cwd: root, env, log: log(step) });
  };
  await build('before');
  await takeOver([...SHARED_PACKAGES, ...OWN_PACKAGES], donor.root, root, log('install'));
  await script('db:generate', 'generate-before');
  await script('db:seed', 'seed-before');
  copyFileSync(own, prismas);
  const products = 'SELECT "id", "title", "price", "ownerId" FROM "Product" ORDER BY "id"';
  const before = JSON.stringify(await new Database(root, own).rows(products));

  await build('after');
  await script('db:generate', 'generate-after');
  // Seeding migrates first, and leaves tables alone that have rows.
  await script('db:seed', 'seed-after');
  const applied = await new Database(root, prismas).deploy();
  if (applied.length !== 1) throw new Error(`prisma migrate deploy applied ${JSON.stringify(applied)}`);
  for (const file of [own, prismas]) {
    const database = new Database(root, file);
    await database.assertUpToDate();
    const after = JSON.stringify(await database.rows(products));
    if (after !== before) throw new Error(`${file}: products were\n${before}\nand are\n${after}`);
    const [lost] = await database.rows(
      `SELECT count(*) AS "count" FROM "Product" WHERE "status" NOT IN ('LIVE', 'SOLD_OUT') OR "released" NOT GLOB '????-??-??T00:00:00.000+00:00'`,
    );
    if (Number(lost.count) !== 0) throw new Error(`${file}: ${lost.count} products have values that nobody can read`);
  }
  await script('db:seed', 'seed-fresh', fresh);
  await new Database(root, fresh).assertUpToDate();
}
