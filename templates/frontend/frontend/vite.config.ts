import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The API listens on PORT: as the environment says, else the app's `.env`. */
function apiPort(): string {
  const file = new URL('../.env', import.meta.url);
  const settings = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return process.env['PORT'] ?? settings['PORT'] ?? '3000';
}

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    rolldownOptions: {
      output: {
        // Libraries change less often than the app: browsers keep them from release to release.
        codeSplitting: { groups: [{ name: 'libraries', test: /node_modules/ }] },
      },
    },
  },
  server: {
    port: 5173,
    // One origin in development too, so that the refresh cookie needs no CORS.
    proxy: { '/api': `http://localhost:${apiPort()}` },
  },
});
