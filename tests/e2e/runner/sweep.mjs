import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { writeBlueprints } from '../names.mjs';
import { OWN_PACKAGES, SHARED_PACKAGES, takeOver, toolEnvironment } from './app.mjs';
import { run } from './process.mjs';
import { inLanes } from './steps.mjs';

const CHECKS = ['db:generate', 'typecheck', 'format:check', 'lint'];

/** Builds apps from the given blueprints, and from ones with random names of every length, and checks layout, types and lint. */
export async function sweep(bench, { donor, files, count, seed, lanes }) {
  const folder = path.join(bench.work, 'sweep');
  mkdirSync(folder, { recursive: true });
  // Every app below this folder finds the shared packages here, as Node and npm look upwards.
  const ready = await bench.steps.run('sweep: take over installed packages', () =>
    takeOver(SHARED_PACKAGES, donor.root, folder, path.join(folder, 'install.log')),
  );
  if (!ready) return;
  const random = writeBlueprints(path.join(folder, 'blueprints'), count, seed);
  await inLanes(lanes, [...files, ...random], async (file) => {
    const name = path.basename(file, '.json');
    const title = files.includes(file) ? name : `${name} (seed ${seed})`;
    await bench.steps.run(title, () => check(bench, { donor, folder, name, file }));
  });
}

async function check(bench, { donor, folder, name, file }) {
  const { askPrisma } = await import('../oracle/prisma.mjs');
  const root = path.join(folder, name);
  const log = (step) => path.join(folder, `${name}-${step.replaceAll(':', '-')}.log`);
  await bench.runMetagen(['build', '--blueprint', file, '--out', root], { log: log('build') });
  await askPrisma(root);
  await takeOver(OWN_PACKAGES, donor.root, root, log('install'));
  for (const script of CHECKS) {
    await run('npm', ['run', '--silent', script], { cwd: root, env: toolEnvironment(), log: log(script) });
  }
}
