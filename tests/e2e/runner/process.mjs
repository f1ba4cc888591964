import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const TAIL_LINES = 40;

/** Gives the end of a log. */
export function tail(file) {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}

/** Runs a command to its end with its output in a log. Rejects with the log's tail when it fails. */
export function run(command, args, { cwd, env, log, output, timeout = 600_000 }) {
  const logFile = openSync(log, 'w');
  const outputFile = output === undefined ? logFile : openSync(output, 'w');
  const close = () => {
    closeSync(logFile);
    if (outputFile !== logFile) closeSync(outputFile);
  };
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', outputFile, logFile],
    });
    const timer = setTimeout(() => stopGroup(child, 'SIGKILL'), timeout);
    child.once('error', (error) => {
      clearTimeout(timer);
      close();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      close();
      if (code === 0) return resolve();
      const how = signal === null ? `exit ${code}` : signal;
      reject(new Error(`${[command, ...args].join(' ')}: ${how}\n${tail(log)}`));
    });
  });
}

/** npm does not hand signals on to what it runs: the whole group is told. */
function stopGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Starts a server, does something while it is up, and stops it. */
export async function withServer(command, args, { cwd, env, log, url }, action) {
  const file = openSync(log, 'w');
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', file, file] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  try {
    await untilHealthy(url, child, log);
    return await action();
  } finally {
    stopGroup(child, 'SIGTERM');
    const timer = setTimeout(() => stopGroup(child, 'SIGKILL'), 15_000);
    await exited;
    clearTimeout(timer);
    closeSync(file);
  }
}

async function untilHealthy(url, child, log) {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && child.exitCode === null) {
    try {
      if ((await fetch(`${url}/api/health`)).ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the server did not start\n${tail(log)}`);
}

/** Asks the system for a port that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
