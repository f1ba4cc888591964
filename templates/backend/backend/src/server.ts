import { createServer } from 'node:http';
import { ensureConfiguredAdmin } from './auth/admins.js';
import { createApp } from './app.js';
import { readConfig } from './config/config.js';
import { loadEnvironment } from './config/environment.js';
import { createContext } from './context.js';
import { migrate } from './database/migrate.js';

const stopTimeout = 10_000;

async function start(): Promise<void> {
  const config = readConfig(loadEnvironment());
  const context = createContext(config);
  const { database, log } = context;

  const applied = await migrate(config.databaseUrl).catch((error: unknown) => {
    throw new Error('The database cannot be used; see DATABASE_URL.', { cause: error });
  });
  if (applied.length > 0) log.info({ migrations: applied }, 'database migrated');
  await ensureConfiguredAdmin(context);

  const server = createServer(createApp(context));
  server.on('error', (error) => {
    const taken = 'code' in error && error.code === 'EADDRINUSE';
    if (taken) log.fatal(`port ${String(config.port)} is taken: set PORT to another one`);
    else log.fatal({ err: error }, 'cannot listen');
    process.exit(1);
  });
  server.listen(
    { port: config.port, ...(config.host !== undefined && { host: config.host }) },
    () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : config.port;
      log.info({ port }, `listening on http://localhost:${String(port)}`);
    },
  );

  // Requests under way are answered; a connection that never ends must not hold up a deployment.
  const stop = (signal: string) => {
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), stopTimeout).unref();
    server.close(() => {
      void database.$disconnect().then(() => process.exit(0));
    });
    server.closeIdleConnections();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  stopWithNpm(() => {
    stop('npm ended');
  });
}

/**
 * `npm start` runs a shell that runs this process, and a signal to npm ends the shell alone. Nobody
 * would be left to stop the server, which would keep its port.
 */
function stopWithNpm(stop: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, 500);
  timer.unref();
}

try {
  await start();
} catch (error) {
  for (let fault = error; fault instanceof Error; fault = fault.cause) {
    process.stderr.write(`${fault.message}\n`);
  }
  process.exitCode = 1;
}
