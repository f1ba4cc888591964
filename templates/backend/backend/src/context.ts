import { pino, type Logger } from 'pino';
import type { Config } from './config/config.js';
import { openDatabase, type Database } from './database/database.js';
import { textMatcher, type TextMatcher } from './database/text-search.js';
import { extensions as installedExtensions } from './extensions/index.js';
import type { Extension } from './extensions/types.js';

/** What every part of the server works with; made once, at start. */
export interface AppContext {
  config: Config;
  database: Database;
  matchText: TextMatcher;
  log: Logger;
  extensions: readonly Extension[];
}

export function createContext(
  config: Config,
  extensions: readonly Extension[] = installedExtensions,
): AppContext {
  return {
    config,
    database: openDatabase(config.databaseUrl),
    matchText: textMatcher(config.databaseUrl),
    log: pino({ level: config.logLevel }),
    extensions,
  };
}
