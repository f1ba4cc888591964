// Runs the API tests in tests/api with PyTest, in a virtual environment of their own.
// Arguments are passed on: `npm run test:api -- -k auth`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tests = join(root, 'tests', 'api');
const environment = join(tests, '.venv');
const windows = process.platform === 'win32';
const python = join(environment, windows ? 'Scripts/python.exe' : 'bin/python');

function run(program, args) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (error) {
    console.error(`Cannot run ${program}: ${error.message}`);
    process.exit(1);
  }
  if (status !== 0) process.exit(status ?? 1);
}

function isUsable(program) {
  const check = 'import sys; sys.exit(sys.version_info < (3, 10))';
  return spawnSync(program, ['-c', check], { stdio: 'ignore' }).status === 0;
}

function prepareEnvironment() {
  const requirements = join(tests, 'requirements.txt');
  const stamp = join(environment, 'requirements.sha256');
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

  const candidates = [process.env.PYTHON, 'python3', 'python'].filter(Boolean);
  const system = candidates.find(isUsable);
  if (!system) {
    console.error('The API tests need Python 3.10 or newer (set PYTHON to name it).');
    process.exit(1);
  }
  run(system, ['-m', 'venv', environment]);
  run(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '-r',
    requirements,
  ]);
  writeFileSync(stamp, wanted);
}

if (!process.env.API_URL) {
  run(process.execPath, [
    join(root, 'node_modules/typescript/bin/tsc'),
    '-p',
    'backend/tsconfig.build.json',
  ]);
}
prepareEnvironment();
run(python, ['-m', 'pytest', tests, ...process.argv.slice(2)]);
