import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/app.js';
import { readConfig } from '../../src/config/config.js';
import { createContext, type AppContext } from '../../src/context.js';
import { migrate } from '../../src/database/migrate.js';
import type { Extension } from '../../src/extensions/types.js';
import { Client } from './client.js';

export interface TestApp {
  context: AppContext;
  /** A visitor who has not signed in. */
  visitor: Client;
  close: () => Promise<void>;
}

interface Settings {
  variables?: Record<string, string>;
  extensions?: readonly Extension[];
}

/** The whole application on an empty database of its own. */
export async function startTestApp({
  variables,
  extensions = [],
}: Settings = {}): Promise<TestApp> {
  const folder = await mkdtemp(join(tmpdir(), 'backend-test-'));
  const config = readConfig({
    NODE_ENV: 'test',
    LOG_LEVEL: 'silent',
    JWT_SECRET: 'a secret that is long enough for tests',
    DATABASE_URL: `file:${join(folder, 'test.db')}`,
    ...variables,
  });
  await migrate(config.databaseUrl);
  const context = createContext(config, extensions);
  return {
    context,
    visitor: new Client(createApp(context)),
    async close() {
      await context.database.$disconnect();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
