import type { ReactNode } from 'react';
import { useParams } from 'react-router';
import { ApiError } from '../api/problem.ts';
import { useRecord } from '../api/records.ts';
import type { EntityRow } from '../api/types.ts';
import { LoadError } from '../components/LoadError.tsx';
import { Loading } from '../components/Loading.tsx';
import { NotFoundPage } from '../pages/NotFoundPage.tsx';
import type { EntityDefinition } from '../resources/definition.ts';

interface RecordLoaderProps {
  entity: EntityDefinition;
  children: (row: EntityRow) => ReactNode;
}

/** Loads the record that the address names, and says so where there is none. */
export function RecordLoader({ entity, children }: RecordLoaderProps) {
  const { id = '' } = useParams();
  const { data, error, refetch } = useRecord(entity.path, id);
  if (data !== undefined) return children(data);
  if (error === null) return <Loading lines={8} />;
  const missing = error instanceof ApiError && [400, 403, 404].includes(error.status);
  if (missing) return <NotFoundPage />;
  return (
    <LoadError
      error={error}
      onRetry={() => {
        void refetch();
      }}
    />
  );
}
