import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openDatabase, type Database } from '../src/database/database.js';
import { migrate } from '../src/database/migrate.js';
import { seed } from '../src/seed/seed.js';

describe('the database', () => {
  let folder: string;
  let url: string;
  let database: Database;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'backend-test-'));
    url = `file:${join(folder, 'test.db')}`;
    database = openDatabase(url);
  });

  afterEach(async () => {
    await database.$disconnect();
    await rm(folder, { recursive: true, force: true });
  });

  test('is migrated once', async () => {
    expect((await migrate(url)).length).toBeGreaterThan(0);
    expect(await migrate(url)).toEqual([]);
    expect(await database.user.count()).toBe(0);
  });

  test('refuses a migration that was changed after it had been applied', async () => {
    await migrate(url);
    await database.$executeRaw`UPDATE _prisma_migrations SET checksum = 'other'`;
    await expect(migrate(url)).rejects.toThrow('was changed');
  });

  test('undoes a transaction that fails', async () => {
    await migrate(url);
    const data = { email: 'ada@example.com', name: 'Ada', passwordHash: 'none' };
    const failing = database.$transaction([
      database.user.create({ data }),
      database.user.create({ data }),
    ]);
    await expect(failing).rejects.toThrow();
    expect(await database.user.count()).toBe(0);
  });

  test('is filled with demo data once', async () => {
    await migrate(url);
    expect((await seed(database)).records).toBeGreaterThan(0);
    expect((await seed(database)).records).toBe(0);
    expect(await database.user.count()).toBe(2);
  });
});
