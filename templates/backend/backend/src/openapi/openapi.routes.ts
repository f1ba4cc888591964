import { join } from 'node:path';
import { Router, static as serveFolder } from 'express';
import { backendFolder } from '../config/paths.js';
import type { Route } from '../http/route.js';
import { refuseMethod } from '../http/router.js';
import { openApiDocument } from './document.js';

/** The document, and a page to read it that loads nothing from elsewhere. */
export function documentation(routes: readonly Route[]): Router {
  const router = Router();
  let text: string | undefined;
  router.get('/openapi.json', (_request, response) => {
    // Made when somebody first asks for it, which most processes never do.
    text ??= JSON.stringify(openApiDocument(routes));
    response.type('application/json').send(text);
  });
  const folder = join(backendFolder, 'public', 'docs');
  // Named here, because the folder alone would redirect `/docs` to `/docs/`.
  router.get('/docs', (_request, response) => {
    response.sendFile('index.html', { root: folder });
  });
  router.all(['/openapi.json', '/docs'], refuseMethod('GET, HEAD, OPTIONS'));
  router.use('/docs', serveFolder(folder));
  return router;
}
