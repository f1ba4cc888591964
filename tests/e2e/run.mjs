#!/usr/bin/env node
/**
 * The end-to-end test: builds apps with metagen, offline, then installs, checks, tests, starts and drives each.
 *
 *   node tests/e2e/run.mjs --metagen target/release/metagen [--only tracker] [--sweep 16] [--seed 1]
 *                          [--lanes 2] [--work DIR] [--shots DIR] [--keep]
 *
 * Needs Node.js, Python 3.10 and Chromium (installed with apt-get where it is missing and we may). Logs stay in the work
 * folder, which is removed at the end unless something failed or --keep is given.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ModelledApp } from './model/app.mjs';
import { App, Bench } from './runner/app.mjs';
import { schemaChanges } from './runner/changes.mjs';
import { inLanes, Steps } from './runner/steps.mjs';
import { sweep } from './runner/sweep.mjs';

const HERE = import.meta.dirname;
const spec = (name) => path.join(HERE, 'specs', name);

const SPECS = [
  { name: 'tracker', input: ['--spec-file', spec('tracker.md')] },
  { name: 'awkward', input: ['--blueprint', spec('awkward.json')] },
  { name: 'gauntlet', input: ['--blueprint', spec('gauntlet.json')] },
  { name: 'recipes', input: ['A recipe collection'] },
  { name: 'minimal', input: ['--blueprint', spec('minimal.json')] },
  { name: 'lunch', input: ['--spec-file', spec('lunch.md')], kind: ModelledApp },
];

/** Blueprints that the sweep checks besides its random ones. */
const SWEPT = [spec('clashes.json')];

const { values: options } = parseArgs({
  options: {
    metagen: { type: 'string', default: path.resolve(HERE, '../../target/release/metagen') },
    only: { type: 'string', multiple: true },
    sweep: { type: 'string', default: '16' },
    seed: { type: 'string', default: '1' },
    lanes: { type: 'string', default: String(Math.min(4, availableParallelism())) },
    work: { type: 'string' },
    shots: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

const wanted = SPECS.filter(({ name }) => options.only?.includes(name) ?? true);
const unknown = (options.only ?? []).filter((name) => !SPECS.some((each) => each.name === name));
if (unknown.length > 0) usageError(`no such spec: ${unknown.join(', ')}`);
if (!existsSync(options.metagen)) usageError(`${options.metagen} is missing: build it first`);

const ownFolder = options.work === undefined;
const work = ownFolder ? mkdtempSync(path.join(tmpdir(), 'metagen-e2e-')) : path.resolve(options.work);
mkdirSync(work, { recursive: true });
const shots = path.resolve(options.shots ?? path.join(work, 'shots'));
const steps = new Steps();

process.exitCode = await main();
if (ownFolder && !options.keep && process.exitCode === 0) rmSync(work, { recursive: true });
else console.log(`logs and screenshots: ${work}`);

function usageError(message) {
  console.error(`error: ${message}`);
  process.exit(2);
}

async function main() {
  if (!(await steps.run('driver and browser', prepare))) return steps.close();
  const bench = new Bench({ metagen: path.resolve(options.metagen), work, steps });
  const lanes = Number(options.lanes);
  const apps = wanted.map((each) => new (each.kind ?? App)(bench, each));
  const built = [];
  for (const app of apps) if (await app.build()) built.push(app);

  // The first install is the real one; the other apps take it over where their lock files agree.
  const [first] = built;
  if (first === undefined || !(await first.install())) return steps.close();
  await inLanes(lanes, built, async (app) => {
    if (app === first || (await app.install(first))) await app.check(shots);
  });
  await schemaChanges(bench, { donor: first, seed: Number(options.seed) });
  const count = Number(options.sweep);
  if (count > 0) await sweep(bench, { donor: first, files: SWEPT, count, seed: Number(options.seed), lanes });
  return steps.close();
}

/** Installs what the driver and the oracle need. */
async function prepare() {
  const { dependencies } = JSON.parse(readFileSync(path.join(HERE, 'package.json'), 'utf8'));
  if (!Object.keys(dependencies).every((name) => existsSync(path.join(HERE, 'node_modules', name)))) {
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: HERE, stdio: 'ignore' });
  }
  const { findChromium } = await import('./driver/browser.mjs');
  if (findChromium()) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error('no Chromium found: install one (apt-get install chromium) or set CHROMIUM_PATH');
  }
  execFileSync('apt-get', ['update', '-q'], { stdio: 'ignore' });
  execFileSync('apt-get', ['install', '-qy', '--no-install-recommends', 'chromium'], { stdio: 'ignore' });
  if (!findChromium()) throw new Error('apt-get installed chromium, but it is not where it should be');
}
