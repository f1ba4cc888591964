import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { writeBlueprints } from '../names.mjs';
import { takeOver, toolEnvironment } from './app.mjs';
import { run } from './process.mjs';
import { inLanes } from './steps.mjs';

const CHECKS = ['db:generate', 'typecheck', 'format:check', 'lint'];

/** Builds apps with random names of every length and checks layout, types and lint of what was written. */
export async function sweep(bench, { donor, count, seed, lanes }) {
  const folder = path.join(bench.work, 'sweep');
  mkdirSync(folder, { recursive: true });
  // Every app below this folder finds the packages here, as Node and npm look upwards.
  await takeOver(donor.root, folder, path.join(folder, 'install.log'));
  const files = writeBlueprints(path.join(folder, 'blueprints'), count, seed);
  await inLanes(lanes, files, async (file) => {
    const name = path.basename(file, '.json');
    await bench.steps.run(`${name} (seed ${seed})`, () => check(bench, folder, name, file));
  });
}

async function check(bench, folder, name, file) {
  const { askPrisma } = await import('../oracle/prisma.mjs');
  const root = path.join(folder, name);
  const log = (step) => path.join(folder, `${name}-${step.replaceAll(':', '-')}.log`);
  await bench.runMetagen(['build', '--blueprint', file, '--out', root], { log: log('build') });
  await askPrisma(root);
  for (const script of CHECKS) {
    await run('npm', ['run', '--silent', script], { cwd: root, env: toolEnvironment(), log: log(script) });
  }
}
