import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { freePort, run, withServer } from './process.mjs';

const DRIVER = path.resolve(import.meta.dirname, '..', 'drive.mjs');
const ADMIN = { ADMIN_EMAIL: 'admin@example.com', ADMIN_PASSWORD: 'correct horse battery staple' };

/** What is settled for the whole run: the binary, the folder for everything, and the score. */
export class Bench {
  constructor({ metagen, work, steps }) {
    this.metagen = metagen;
    this.work = work;
    this.steps = steps;
    this.home = path.join(work, 'home');
    mkdirSync(this.home, { recursive: true });
  }

  /** Runs metagen offline: no keys, a home of its own, and proxies that lead nowhere. */
  runMetagen(args, options) {
    const nowhere = 'http://127.0.0.1:9';
    const env = {
      PATH: process.env.PATH,
      HOME: this.home,
      NO_COLOR: '1',
      http_proxy: nowhere,
      https_proxy: nowhere,
      HTTPS_PROXY: nowhere,
    };
    return run(this.metagen, args, { env, cwd: this.home, ...options });
  }
}

/** The environment of an app's own tools: the caller's, without what belongs to metagen or to its models. */
export function toolEnvironment(extra = {}) {
  const own = Object.entries(process.env).filter(([name]) => !/^(METAGEN|GOOGLE|GEMINI|OPENAI)_/.test(name));
  return { ...Object.fromEntries(own), CI: '1', ...extra };
}

/** One spec on its way from words to an app that has been clicked through. */
export class App {
  /**
   * @param {Bench} bench
   * @param {{ name: string, input: string[] }} spec `input` is what metagen's `plan` and `build` take
   */
  constructor(bench, spec) {
    this.bench = bench;
    this.spec = spec;
    this.folder = path.join(bench.work, spec.name);
    this.root = path.join(this.folder, 'app');
    this.plan = path.join(this.folder, 'plan.json');
    this.result = path.join(this.folder, 'build.json');
    mkdirSync(this.folder, { recursive: true });
  }

  log(name) {
    return path.join(this.folder, `${name.replaceAll(':', '-').replaceAll(' ', '-')}.log`);
  }

  step(name, action) {
    return this.bench.steps.run(`${this.spec.name}: ${name}`, action);
  }

  /** Writes plan and app. */
  async build() {
    const planned = await this.step('plan', () =>
      this.bench.runMetagen(['plan', ...this.spec.input, '--format', 'json'], {
        log: this.log('plan'),
        output: this.plan,
      }),
    );
    const built = await this.step('build', async () => {
      const args = ['build', ...this.spec.input, '--out', this.root, '--output-format', 'json'];
      await this.bench.runMetagen(args, { log: this.log('metagen-build'), output: this.result });
      const { status, tasks } = JSON.parse(readFileSync(this.result, 'utf8'));
      if (status !== 'done' || !tasks.every((task) => task.status === 'succeeded')) {
        throw new Error(`the build ended ${status}: see ${this.result}`);
      }
    });
    return planned && built;
  }

  /** Gives the lock file without the app's own name, which changes nothing about what is installed. */
  get lock() {
    const lock = JSON.parse(readFileSync(path.join(this.root, 'package-lock.json'), 'utf8'));
    return JSON.stringify({ ...lock, name: '', packages: { ...lock.packages, '': '' } });
  }

  /** Installs, or takes over what an app with the same lock file has installed. */
  async install(donor) {
    if (donor === undefined || donor.lock !== this.lock) {
      return this.step('npm ci', () => this.npm('ci', ['ci', '--no-audit', '--no-fund']));
    }
    return this.step('take over installed packages', async () => {
      await takeOver([...SHARED_PACKAGES, ...OWN_PACKAGES], donor.root, this.root, this.log('install'));
      await this.npm('db:generate', ['run', 'db:generate']);
    });
  }

  npm(name, args, env) {
    return run('npm', args, { cwd: this.root, env: toolEnvironment(env), log: this.log(name) });
  }

  script(name, env) {
    return this.step(name, () => this.npm(name, ['run', '--silent', name], env));
  }

  /** Compares schemas and migrations with what Prisma's own engines make of them. */
  async ask() {
    const { askPrisma } = await import('../oracle/prisma.mjs');
    await this.step('prisma', () => askPrisma(this.root));
  }

  /** Runs everything that the app checks about itself, then the browser. */
  async check(shots) {
    await this.ask();
    for (const name of ['typecheck', 'lint', 'format:check', 'test']) await this.script(name);
    if (!(await this.script('build'))) return;
    await this.script('test:api');
    await this.script('db:seed', { DATABASE_URL: `file:${path.join(this.folder, 'seed.db')}` });
    await this.step('browser', () => this.#drive(shots));
  }

  async #drive(shots) {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = toolEnvironment({
      ...ADMIN,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: `file:${path.join(this.folder, 'browser.db')}`,
      JWT_SECRET: randomBytes(32).toString('hex'),
    });
    const server = { cwd: this.root, env, url, log: this.log('server') };
    await withServer('npm', ['start'], server, () =>
      run(
        process.execPath,
        [DRIVER, '--app', url, '--blueprint', this.plan, '--shots', path.join(shots, this.spec.name)],
        { env, log: this.log('browser') },
      ),
    );
    const failures = readFileSync(server.log, 'utf8').split('\n').filter((line) => /"level":(50|60)\b/.test(line));
    if (failures.length > 0) throw new Error(`the server logged errors:\n${failures.slice(0, 5).join('\n')}`);
  }
}

/** Where npm puts packages that both workspaces use, and those that only one does. */
export const SHARED_PACKAGES = ['node_modules'];
export const OWN_PACKAGES = ['backend/node_modules', 'frontend/node_modules'];

/** Takes over installed packages by hard links: a second copy of half a gigabyte costs seconds and no space. */
export async function takeOver(folders, from, to, log) {
  for (const folder of folders) {
    const source = path.join(from, folder);
    if (!existsSync(source) || existsSync(path.join(to, folder))) continue;
    await run('cp', ['-al', source, path.join(to, folder)], { log });
  }
}
