import { readConfig } from '../config/config.js';
import { loadEnvironment } from '../config/environment.js';
import { createContext, type AppContext } from '../context.js';
import { migrate } from '../database/migrate.js';

/** Runs a command on the migrated database of the configuration, and closes it afterwards. */
export async function withContext(run: (context: AppContext) => Promise<void>): Promise<void> {
  const context = createContext(readConfig(loadEnvironment()));
  try {
    await migrate(context.config.databaseUrl);
    await run(context);
  } finally {
    await context.database.$disconnect();
  }
}
