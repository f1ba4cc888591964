import { z } from 'zod';
import { Prisma } from '../generated/sqlite/client.js';
import { conflict, invalid, notFound, type Problem } from '../http/problem.js';

const uniqueFault = z.object({
  driverAdapterError: z.object({
    cause: z.object({
      constraint: z.object({
        fields: z.array(z.string()).optional(),
        index: z.string().optional(),
      }),
    }),
  }),
});

const sqlFault = z.object({
  driverAdapterError: z.object({ cause: z.object({ originalCode: z.string() }) }),
});

/** Tells what a client did wrong where the database refused it; undefined for all other errors. */
export function problemOfDatabase(error: unknown): Problem | undefined {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return undefined;
  switch (error.code) {
    case 'P2002':
      return uniqueProblem(error.meta);
    case 'P2003':
      return conflict(
        'The record is referenced by others, or refers to one that no longer exists.',
      );
    case 'P2025':
      return notFound();
    case 'P2000':
    case 'P2020':
    case 'P2033':
      return invalid([{ path: '', message: 'A value is out of range' }]);
    default:
      return isDataFault(error.meta)
        ? invalid([{ path: '', message: 'A value cannot be stored' }])
        : undefined;
  }
}

function uniqueProblem(meta: unknown): Problem {
  const constraint = uniqueFault.safeParse(meta).data?.driverAdapterError.cause.constraint;
  // SQLite names the columns, PostgreSQL the index: Table_column_key.
  const fields = constraint?.fields ?? constraint?.index?.split('_').slice(1, -1) ?? [];
  const columns = fields.map((field) => field.replaceAll('"', ''));
  return conflict(
    'Another record already has this value.',
    columns.map((path) => ({ path, message: 'Already taken' })),
  );
}

/** Class 22 of PostgreSQL's error codes: the data, not the server, is at fault. */
function isDataFault(meta: unknown): boolean {
  return (
    sqlFault.safeParse(meta).data?.driverAdapterError.cause.originalCode.startsWith('22') ?? false
  );
}
