// npm run db:seed: demo people and records. Tables that hold records already are left alone.
import { seed } from '../seed/seed.js';
import { withContext } from './with-context.js';

await withContext(async (context) => {
  if (context.config.environment === 'production') {
    console.error('No demo data in production: the password of the demo people is public.');
    process.exitCode = 1;
    return;
  }
  const { people, password, records } = await seed(context.database);
  console.log(`Demo data: ${String(records)} new records.`);
  for (const email of people) console.log(`Sign in as ${email} with the password ${password}`);
});
