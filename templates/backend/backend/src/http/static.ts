import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Router, static as serveFolder } from 'express';
import { appFolder } from '../config/paths.js';

const folder = join(appFolder, 'frontend', 'dist');

/** Serves the built front end; every address that is no file belongs to its router. */
export function frontend(): Router {
  const router = Router();
  if (!existsSync(join(folder, 'index.html'))) return router;
  router.use(
    '/assets',
    serveFolder(join(folder, 'assets'), { immutable: true, maxAge: '1y', fallthrough: false }),
  );
  router.use(serveFolder(folder, { index: false }));
  // The root is given apart, or a dot in a parent folder's name would make it a hidden file.
  router.get('/{*path}', (_request, response) => {
    response.set('Cache-Control', 'no-cache').sendFile('index.html', { root: folder });
  });
  return router;
}
