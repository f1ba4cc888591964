import { fileURLToPath } from 'node:url';

// The same number of levels up from src/config and from dist/config.
export const appFolder = fileURLToPath(new URL('../../../', import.meta.url));
export const backendFolder = fileURLToPath(new URL('../../', import.meta.url));
