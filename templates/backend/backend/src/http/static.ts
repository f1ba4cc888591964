import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Router, static as serveFolder } from 'express';
import { appFolder } from '../config/paths.js';

const folder = join(appFolder, 'frontend', 'dist');
const indexFile = join(folder, 'index.html');

/** Serves the built front end; every address that is no file belongs to its router. */
export function frontend(): Router {
  const router = Router();
  if (!existsSync(indexFile)) return router;
  router.use(
    '/assets',
    serveFolder(join(folder, 'assets'), { immutable: true, maxAge: '1y', fallthrough: false }),
  );
  router.use(serveFolder(folder, { index: false }));
  router.get('/{*path}', (_request, response) => {
    response.set('Cache-Control', 'no-cache').sendFile(indexFile);
  });
  return router;
}
