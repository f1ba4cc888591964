import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { App, toolEnvironment } from '../runner/app.mjs';
import { freePort, run, withServer } from '../runner/process.mjs';
import { withModel } from './server.mjs';

const DRIVER = path.join(import.meta.dirname, 'lunch.mjs');

/** What a model plans for the lunch spinner. */
const PLAN = {
  reasoning: 'One kind of thing is kept; drawing one is for the agents.',
  blueprint: {
    app: { name: 'Lunch spinner', slug: 'lunch-spinner', description: 'Decides where to eat.' },
    theme: { primary: '#9a3412' },
    entities: [
      {
        name: 'Restaurant',
        plural: 'Restaurants',
        access: 'shared',
        fields: [
          { name: 'name', type: 'string', required: true },
          { name: 'cuisine', type: 'string' },
          { name: 'price', type: 'decimal', min: 0 },
        ],
      },
    ],
  },
  coverage: [{ text: 'Restaurants have a name, a cuisine and a price.', covered_by: ['Restaurant'] }],
};

/** An app that a model planned and extended: built beside a Gemini server on localhost, and looked at for what was added. */
export class ModelledApp extends App {
  constructor(bench, spec) {
    const key = `AQ.${randomBytes(16).toString('hex')}`;
    // Everything but the model leads nowhere, as for every other app.
    const asking = Object.create(bench, {
      runMetagen: {
        value: (args, options) => {
          const env = {
            PATH: process.env.PATH,
            HOME: bench.home,
            NO_COLOR: '1',
            NO_PROXY: '127.0.0.1',
            GEMINI_API_KEY: key,
            GOOGLE_GEMINI_BASE_URL: this.model,
          };
          return run(bench.metagen, args, { env, cwd: bench.home, ...options });
        },
      },
    });
    super(asking, spec);
    this.key = key;
  }

  /** Writes plan and app; the plan is asked for once, each agent once, and nothing of the answers may be dropped. */
  async build() {
    const again = existsSync(this.root);
    let built = false;
    const asked = await withModel({ key: this.key, plan: PLAN }, async (url) => {
      this.model = url;
      built = await super.build();
    });
    if (!built) return false;
    return this.step('model', () => {
      const { warnings, usage } = JSON.parse(readFileSync(this.result, 'utf8'));
      if (warnings.length > 0) throw new Error(`the build warns:\n${warnings.join('\n')}`);
      // A folder of an earlier run has all of it already.
      if (!again && (asked.length !== 3 || usage.calls !== 2)) throw new Error(`${asked.length} requests, ${usage.calls} of them of the build`);
    });
  }

  /** Runs everything that any app is held to, then looks for what was added. */
  async check(shots) {
    await super.check(shots);
    await this.step('additions in the browser', async () => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const env = toolEnvironment({
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PORT: String(port),
        DATABASE_URL: `file:${path.join(this.folder, 'additions.db')}`,
        JWT_SECRET: randomBytes(32).toString('hex'),
      });
      const server = { cwd: this.root, env, url, log: this.log('additions-server') };
      const args = [DRIVER, '--app', url, '--shots', path.join(shots, this.spec.name)];
      await withServer('npm', ['start'], server, () => run(process.execPath, args, { env, log: this.log('additions') }));
    });
  }
}
