// npm run db:migrate -w backend: applies the migrations, as the server does by itself at start.
import { readConfig } from '../config/config.js';
import { loadEnvironment } from '../config/environment.js';
import { migrate } from '../database/migrate.js';

const applied = await migrate(readConfig(loadEnvironment()).databaseUrl);
console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'The database is up to date.');
