import { PrismaLibSql } from '@prisma/adapter-libsql';

type LibSqlConfig = Parameters<PrismaLibSql['createClient']>[0];
type LibSqlClient = ReturnType<PrismaLibSql['createClient']>;

const pragmas = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA foreign_keys = ON;
`;

/** What `contains` becomes in SQL: a lone parameter, or one put together with its wildcards. */
const likeOperand = / LIKE (\?|\([?|%' ]+\))/g;

/**
 * Prisma's SQLite adapter with three corrections:
 * - a transaction runs on the one open connection. The original opens a connection for each and
 *   never closes it, until the process is out of file descriptors;
 * - `LIKE` takes a backslash as escape, as PostgreSQL does, so that a search for "100%" is exact;
 * - integers are read as bigint, because one value above 2^53 would make a whole table unreadable.
 */
export class SqliteAdapter extends PrismaLibSql {
  constructor(url: string) {
    super({ url, intMode: 'bigint', timeout: 5000 });
  }

  override async connect() {
    const adapter = await super.connect();
    await adapter.executeScript(pragmas);
    return adapter;
  }

  override createClient(config: LibSqlConfig): LibSqlClient {
    const client = super.createClient(config);
    const run = client.execute.bind(client);
    const execute = (statement: { sql: string; args: never[] }) =>
      run({
        ...statement,
        sql: statement.sql.replaceAll(likeOperand, String.raw` LIKE $1 ESCAPE '\'`),
      });
    // The adapter holds its lock from `transaction` to `commit` or `rollback`, so nobody else uses
    // the connection meanwhile.
    const transaction = async () => {
      await run('BEGIN IMMEDIATE');
      return { execute, commit: () => run('COMMIT'), rollback: () => run('ROLLBACK') };
    };
    return Object.assign(client, { execute, transaction });
  }
}
