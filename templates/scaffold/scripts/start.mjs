// Starts the server that `npm run build` has made.
import { existsSync } from 'node:fs';

const server = new URL('../backend/dist/server.js', import.meta.url);
const page = new URL('../frontend/dist/index.html', import.meta.url);

if (existsSync(server) && existsSync(page)) {
  await import(server.href);
} else {
  console.error('There is nothing to start yet: run `npm run build` first.');
  process.exitCode = 1;
}
