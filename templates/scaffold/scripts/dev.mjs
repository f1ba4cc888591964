// Runs the API and the front end side by side, both reloading on change.
// The programs are started directly, not through `npm run`, because npm does not pass SIGTERM on
// to its grandchildren and would leave servers behind on their ports.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = `${root}node_modules`;

const programs = [
  { folder: 'backend', args: [`${modules}/tsx/dist/cli.mjs`, 'watch', 'src/server.ts'] },
  { folder: 'frontend', args: [`${modules}/vite/bin/vite.js`] },
];

if (!existsSync(`${root}backend/src/generated/sqlite`)) {
  console.error('The database clients are missing: run `npm run db:generate` first.');
  process.exit(1);
}

const children = programs.map(({ folder, args }) =>
  spawn(process.execPath, args, { cwd: `${root}${folder}`, stdio: 'inherit' }),
);

let stopping = false;

function stopAll(code) {
  if (stopping) return;
  stopping = true;
  process.exitCode = code;
  for (const child of children) child.kill('SIGTERM');
}

for (const child of children) {
  child.on('exit', (code) => stopAll(code ?? 0));
}
process.on('SIGINT', () => stopAll(130));
process.on('SIGTERM', () => stopAll(143));

// A signal to npm ends the shell between npm and this process, and nothing else: notice that.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) stopAll(143);
}, 500).unref();
